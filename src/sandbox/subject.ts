import type { Subject } from './evaluate.js';
import type { World } from './world.js';
import type { StoredEvent } from './write.js';

/** An event, with the profile of who did it, for an expression to be asked about. */
export function subjectOf({ event, properties }: StoredEvent, projectId: string, world: World): Subject {
  return {
    event,
    properties,
    user: () => world.people(projectId).user(String(properties.distinct_id))?.properties,
  };
}
