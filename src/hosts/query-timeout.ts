/** The answer is ready this long before the host stops waiting, so that its way back fits in. */
const RESPONSE_MARGIN_MS = 500;

/** Returns the milliseconds a query may take when its host waits `hostMs`; half of them when those are few. */
export function timeForQuery(hostMs: number): number {
  return Math.round(Math.max(hostMs - RESPONSE_MARGIN_MS, hostMs / 2));
}
