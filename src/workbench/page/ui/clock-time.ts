const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A moment as the clock on the wall shows it. */
export function formatClockTime(timestamp: number): string {
  return clock.format(timestamp);
}
