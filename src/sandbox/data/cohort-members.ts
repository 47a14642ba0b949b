import { parseExpression } from '../../mixpanel/expression/index.js';
import { compile, isTrue } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';
import { DAY_MS } from '../time/zone.js';
import type { World } from './data-store.js';
import type { SavedCohort } from './dataset/saved-objects.js';

/** The distinct ids in a cohort, as things stand. */
export function membersOf({ members }: SavedCohort, projectId: string, world: World): Set<string> {
  if ('where' in members) {
    const where = compile(parseExpression(members.where), { secondsOf: () => undefined });
    const ids = new Set<string>();
    for (const { id, properties } of world.people(projectId).users()) {
      if (isTrue(where({ properties }))) ids.add(id);
    }
    return ids;
  }
  const counts = countDoers(
    projectId,
    world,
    ({ event }) => event === members.did,
    world.now() - members.lastDays * DAY_MS,
    world.now(),
  );
  return new Set([...counts].filter(([, count]) => count >= members.atLeast).map(([id]) => id));
}

/** How often each user did one of the selected events. */
export function countDoers(
  projectId: string,
  world: World,
  selects: (event: StoredEvent) => boolean,
  from: number,
  to: number,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of world.events(projectId, { from, to: to + 1 })) {
    if (!selects(event)) continue;
    const id = String(event.properties.distinct_id);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
