import { parseExpression } from '../../mixpanel/expression/index.js';
import { DAY_MS } from '../../time/durations.js';
import { compile, isTrue } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';
import type { DataStore } from './data-store.js';
import type { SavedCohort } from './dataset/saved-objects.js';

/** Returns the distinct ids that are in a cohort now. */
export function findCohortMembers(
  { criteria }: SavedCohort,
  projectId: string,
  store: DataStore,
): Set<string> {
  if ('where' in criteria) {
    const where = compile(parseExpression(criteria.where), { parseDateTime: () => undefined });
    const ids = new Set<string>();
    for (const { id, properties } of store.profiles(projectId).users()) {
      if (isTrue(where({ properties }))) ids.add(id);
    }
    return ids;
  }
  const counts = countEventsByUser(
    projectId,
    store,
    ({ event }) => event === criteria.event,
    store.now() - criteria.lastDays * DAY_MS,
    store.now(),
  );
  return new Set([...counts].filter(([, count]) => count >= criteria.minCount).map(([id]) => id));
}

/** How often each user did one of the selected events. */
export function countEventsByUser(
  projectId: string,
  store: DataStore,
  matches: (event: StoredEvent) => boolean,
  from: number,
  to: number,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of store.events(projectId, { from, to: to + 1 })) {
    if (!matches(event)) continue;
    const id = String(event.properties.distinct_id);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
