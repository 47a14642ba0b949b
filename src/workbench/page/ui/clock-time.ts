const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A moment as the clock on the wall shows it. */
export function clockTime(at: number): string {
  return clock.format(at);
}
