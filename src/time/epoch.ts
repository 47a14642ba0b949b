import { SECOND_MS } from './durations.js';

// Epoch seconds stay below this until the year 5138; milliseconds passed it in 1973.
const MIN_EPOCH_MS = 100_000_000_000;

/** Returns whether an epoch time counts seconds rather than milliseconds. Mixpanel takes and gives both. */
export function isEpochSeconds(time: number): boolean {
  return Math.abs(time) < MIN_EPOCH_MS;
}

/** Returns an epoch time in milliseconds, whether it came in seconds or in milliseconds. */
export function toEpochMs(time: number): number {
  return isEpochSeconds(time) ? time * SECOND_MS : time;
}
