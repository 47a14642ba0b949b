const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Returns the local time of day for epoch milliseconds. */
export function formatClockTime(timestamp: number): string {
  return clock.format(timestamp);
}
