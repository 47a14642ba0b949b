import { addDays, toUtcDay } from '../src/time/day.js';

/** Returns the current day in UTC. */
export function today(): string {
  return daysAgo(0);
}

/** Returns the day that long before the current one, in UTC. */
export function daysAgo(days: number): string {
  return addDays(toUtcDay(Date.now()), -days);
}
