import type { ExceededLimit } from '../mixpanel/rate-limit-headers.js';
import type { QuotaScope } from './types.js';

/** What happens at the gate, for counters and logs. */
export type LimiterEvent =
  | { type: 'started'; scope: QuotaScope; waitedMs: number }
  /** Mixpanel has not counted the call: its start is ours again. */
  | { type: 'refunded'; scope: QuotaScope }
  /** By `us`: a caller was turned away before anything was sent. By `mixpanel`: it answered 429. */
  | { type: 'limited'; scope: QuotaScope; by: 'us' | 'mixpanel'; limit: ExceededLimit }
  /** A caller left before its call was sent. */
  | { type: 'cancelled'; scope: QuotaScope }
  /** The file that should survive a restart cannot be read or written; the ledger goes on in memory. */
  | { type: 'file-trouble'; message: string };

export type LimiterListener = (event: LimiterEvent) => void;
