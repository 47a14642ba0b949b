import { z } from 'zod';
import type { CommandContext, FieldProblem } from '../../command/definition.js';
import type { QueryValue } from '../../mixpanel/request.js';
import { makeRow, type Row } from '../../result/rows.js';
import { objectOf } from '../rows/response-schemas.js';
import { checkDateRange } from './date-range.js';
import { cacheSeconds, format, fromDate, response, toDate, type, unit } from './shared-fields.js';

/** The part of the form that commands for counts over time share: what is counted, and over which days. */
export const seriesFields = (typeHelp: string) => ({
  type: type(['general', 'unique', 'average'], typeHelp),
  unit: unit(),
  fromDate: fromDate(),
  toDate: toDate(),
  format: format(),
  response: response(),
  cacheSeconds: cacheSeconds(),
});

interface SeriesInput {
  projectId: string;
  workspaceId?: string | undefined;
  type: string;
  unit: string;
  fromDate: string;
  toDate: string;
  format: string;
}

export function* checkSeries(input: SeriesInput, context: CommandContext): Iterable<FieldProblem> {
  yield* checkUnit(input);
  yield* checkDateRange(input, context);
}

/** The parameters these fields become. */
export function seriesQuery(input: SeriesInput): Record<string, QueryValue> {
  return {
    project_id: input.projectId,
    workspace_id: input.workspaceId,
    type: input.type,
    unit: input.unit,
    from_date: input.fromDate,
    to_date: input.toDate,
    format: input.format,
  };
}

/** What `/api/query/events` and `/events/properties` answer: counts by name and date. */
export const seriesSchema = z.object({
  data: z.object({
    series: z.array(z.string()),
    values: objectOf<Record<string, number>>(),
  }),
});

/**
 * One row per date and name, dates ascending, names in the order of `order` (what was asked for) and then as
 * Mixpanel lists them. Mixpanel leaves dates without a count out; here they are 0.
 */
export function toSeriesRows(
  body: z.output<typeof seriesSchema>,
  column: 'event' | 'value',
  requestedOrder: readonly string[] = [],
): Row[] {
  const { series, values } = body.data;
  const requestedNames = requestedOrder.filter((name) => Object.hasOwn(values, name));
  const names = new Set([...requestedNames, ...Object.keys(values)]);
  return series
    .slice()
    .sort()
    .flatMap((date) =>
      [...names].map((name) => makeRow({ date, [column]: name, count: values[name]?.[date] ?? 0 })),
    );
}

/** Source: https://developer.mixpanel.com/reference/list-recent-events ("you cannot get hourly uniques"). */
function* checkUnit({ type, unit }: { type: string; unit: string }): Iterable<FieldProblem> {
  if (type === 'unique' && unit === 'hour') {
    yield {
      field: 'unit',
      message:
        'cannot be hour when Type is unique: Mixpanel has no hourly uniques. Choose day or longer, or Type general.',
      received: unit,
    };
  }
}
