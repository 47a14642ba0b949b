import type { AskedRequest } from './named-request.js';

/** Returns a notice if the values of `on` reach the limit: Mixpanel then left the less frequent ones out. */
export function cutMessage(segments: number, defaultLimit: number, { parameters }: AskedRequest): string[] {
  if (parameters.on === undefined || parameters.on === '') return [];
  const given = Number(parameters.limit ?? defaultLimit);
  const limit = Number.isInteger(given) && given > 0 ? given : defaultLimit;
  return segments < limit
    ? []
    : [
        `These are the ${segments} most frequent values of ${String(parameters.on)}; there may be more. Add limit to the endpoint, at most 10000.`,
      ];
}
