import { doubtsAbout } from '../../mixpanel/expression/index.js';

const MAX_NAMED = 5;

/** Yields a doubt about a filter that uses syntax Mixpanel documents only elsewhere. It is sent all the same. */
export function* doubtsAboutFilter(filter: unknown): Iterable<string> {
  if (typeof filter !== 'string') return;
  const doubts = doubtsAbout(filter);
  if (doubts.length === 0) return;
  const named = doubts.slice(0, MAX_NAMED).join(', ');
  const more = doubts.length > MAX_NAMED ? ` and ${doubts.length - MAX_NAMED} more` : '';
  yield `The filter was sent as written. Mixpanel does not document this for filters: ${named}${more}. Compare the result with a report in Mixpanel before you rely on it.`;
}
