import { doubtsAbout } from '../../mixpanel/expression/index.js';

const MAX_NAMED = 5;

/** Returns what is said of a filter that is sent although Mixpanel documents some of it for other places only. */
export function* doubtsAboutFilter(filter: unknown): Iterable<string> {
  if (typeof filter !== 'string') return;
  const doubts = doubtsAbout(filter);
  if (doubts.length === 0) return;
  const named = doubts.slice(0, MAX_NAMED).join(', ');
  const more = doubts.length > MAX_NAMED ? ` and ${doubts.length - MAX_NAMED} more` : '';
  yield `The filter was sent as written. Mixpanel does not document this for filters: ${named}${more}. Compare the result with Mixpanel's own report before you rely on it.`;
}
