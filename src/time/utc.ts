import { UTCDateMini } from '@date-fns/utc/date/mini';
import { lightFormat } from 'date-fns/lightFormat';

/**
 * Returns an epoch time in milliseconds, or a date, as UTC's clock and calendar show it.
 *
 * @param pattern numbers and quoted text, such as `yyyy-MM-dd HH:mm:ss`. Source:
 *   https://date-fns.org/v4.1.0/docs/lightFormat
 */
export function formatUtc(at: number | Date, pattern: string): string {
  return lightFormat(new UTCDateMini(+at), pattern);
}
