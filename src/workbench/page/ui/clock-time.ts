import { HOUR_SECONDS, MINUTE_SECONDS } from '../../../time/durations.js';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Returns the local time of day for epoch milliseconds. */
export function formatClockTime(timestamp: number): string {
  return clock.format(timestamp);
}

/** Returns `8 s`, `5 min` or `2 h`. */
export function formatAge(seconds: number): string {
  if (seconds < MINUTE_SECONDS) return `${seconds} s`;
  if (seconds < HOUR_SECONDS) return `${Math.round(seconds / MINUTE_SECONDS)} min`;
  return `${Math.round(seconds / HOUR_SECONDS)} h`;
}

/** Returns `0:42` or `1:05:00`, for counting down. */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes] = [
    Math.floor(seconds / HOUR_SECONDS),
    Math.floor((seconds % HOUR_SECONDS) / MINUTE_SECONDS),
  ];
  const padded = String(seconds % MINUTE_SECONDS).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}` : `${minutes}:${padded}`;
}
