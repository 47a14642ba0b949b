import { z } from 'zod';
import { makeRow, type Row } from '../row.js';
import { objectOf } from './answers.js';

/** What `/api/query/events` and `/events/properties` answer: counts by name and date. */
export const seriesAnswer = z.object({
  data: z.object({
    series: z.array(z.string()),
    values: objectOf<Record<string, number>>(),
  }),
});

/**
 * One row per date and name, dates ascending, names in the order of `order` (what was asked for) and then as
 * Mixpanel lists them. Mixpanel leaves dates without a count out; here they are 0.
 */
export function seriesRows(
  body: z.output<typeof seriesAnswer>,
  column: 'event' | 'value',
  order: readonly string[] = [],
): Row[] {
  const { series, values } = body.data;
  const asked = order.filter((name) => Object.hasOwn(values, name));
  const names = new Set([...asked, ...Object.keys(values)]);
  return series
    .slice()
    .sort()
    .flatMap((date) =>
      [...names].map((name) => makeRow({ date, [column]: name, count: values[name]?.[date] ?? 0 })),
    );
}
