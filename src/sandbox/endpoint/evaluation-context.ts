import type { World } from '../data/data-store.js';
import type { Subject } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';

/** An event, with the profile of who did it, for an expression to be asked about. */
export function subjectOf({ event, properties }: StoredEvent, projectId: string, world: World): Subject {
  return {
    event,
    properties,
    user: () => world.people(projectId).user(String(properties.distinct_id))?.properties,
  };
}
