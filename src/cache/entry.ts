/** A result as it is kept. */
export interface CacheEntry {
  /** JSON data. */
  value: unknown;
  /** Epoch milliseconds at which Mixpanel gave it. */
  at: number;
}

export function getAgeMs({ at }: CacheEntry): number {
  // Another process' clock may be a little ahead of ours.
  return Math.max(0, Date.now() - at);
}
