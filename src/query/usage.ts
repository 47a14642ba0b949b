/** What one query has used of the rate limit so far. */
export interface Usage {
  /** Calls that Mixpanel counts. */
  cost: number;
  /** The longest time one of its calls waited, in milliseconds. */
  waitedMs: number;
}

export function createUsage(): Usage {
  return { cost: 0, waitedMs: 0 };
}
