import type { DataStore } from '../data/data-store.js';
import type { EvaluationContext } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';

/** An event, with the profile of who did it, for an expression to be asked about. */
export function createEvaluationContext(
  { event, properties }: StoredEvent,
  projectId: string,
  store: DataStore,
): EvaluationContext {
  return {
    event,
    properties,
    user: () => store.profiles(projectId).user(String(properties.distinct_id))?.properties,
  };
}
