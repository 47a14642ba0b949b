import type { QuotaScope } from './gate.js';
import type { Limit } from './lesson.js';

/** What happens at the gate, for counters and logs. */
export type QuotaEvent =
  | { type: 'started'; scope: QuotaScope; waitedMs: number }
  /** Mixpanel has not counted the call: its start is ours again. */
  | { type: 'refunded'; scope: QuotaScope }
  /** `by` us: a caller was turned away before anything was sent. By Mixpanel: it answered 429. */
  | { type: 'limited'; scope: QuotaScope; by: 'us' | 'mixpanel'; limit: Limit }
  | { type: 'cancelled'; scope: QuotaScope };

export type QuotaListener = (event: QuotaEvent) => void;
