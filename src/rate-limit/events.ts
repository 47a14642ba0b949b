import type { ExceededLimit } from '../mixpanel/rate-limit-headers.js';
import type { QuotaScope } from './types.js';

/** What happens in the rate limiter, for counters and logs. */
export type LimiterEvent =
  | { type: 'started'; scope: QuotaScope; waitedMs: number }
  /** Mixpanel has not counted the call: its start is available again. */
  | { type: 'refunded'; scope: QuotaScope }
  /** By `us`: a call was refused before anything was sent. By `mixpanel`: it answered 429. */
  | { type: 'limited'; scope: QuotaScope; by: 'us' | 'mixpanel'; limit: ExceededLimit }
  /** A caller cancelled before its call was sent. */
  | { type: 'cancelled'; scope: QuotaScope }
  /** The quota file cannot be read or written; the limiter goes on in memory. */
  | { type: 'file-trouble'; message: string }
  /** The quota's state in Redis was not ours and has been put aside. */
  | { type: 'state-discarded'; message: string };

export type LimiterListener = (event: LimiterEvent) => void;
