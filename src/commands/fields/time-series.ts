import * as z from 'zod';
import type { CommandContext, FieldProblem } from '../../command/definition.js';
import { keysOf } from '../../json/key-order.js';
import type { QueryValue } from '../../mixpanel/request.js';
import { columnOf, makeRow, type Row, setCell } from '../../result/rows.js';
import { objectOf } from '../rows/response-schemas.js';
import { checkDateRange } from './date-range.js';
import { cacheSeconds, format, fromDate, seriesResponse, toDate, type, unit } from './shared-fields.js';

/** Fields shared by commands that count over time: what is counted, and over which days. */
export const seriesFields = (typeHelp: string) => ({
  type: type(['general', 'unique', 'average'], typeHelp),
  unit: unit(),
  fromDate: fromDate(),
  toDate: toDate(),
  format: format(),
  response: seriesResponse(),
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
  response: string;
}

export function* checkSeries(input: SeriesInput, context: CommandContext): Iterable<FieldProblem> {
  yield* checkUnit(input);
  yield* checkDateRange(input, context);
}

/** Returns the query parameters for these fields. */
export function seriesQuery(input: SeriesInput): Record<string, QueryValue> {
  return {
    project_id: input.projectId,
    workspace_id: input.workspaceId,
    type: input.type,
    unit: input.unit,
    from_date: input.fromDate,
    to_date: input.toDate,
    // Mixpanel's CSV has one shape only.
    format: input.response === 'wide' ? 'json' : input.format,
  };
}

/** Answer of `/api/query/events` and `/events/properties`: counts by name and date. */
export const seriesSchema = z.object({
  data: z.object({
    series: z.array(z.string()),
    values: objectOf<Record<string, number>>(),
  }),
});

/** Larger tables are not filled with zeros, to bound the memory they take. */
const MAX_FILLED_ROWS = 300_000;

/** Returns whether dates without a count get a row. */
export function isFilled({ data: { series, values } }: z.output<typeof seriesSchema>): boolean {
  return series.length * Object.keys(values).length <= MAX_FILLED_ROWS;
}

/**
 * Returns the rows in the shape the query asks for: one per date and name, or `wide`, one per date with a column for
 * each name.
 */
export function toSeriesRows(
  body: z.output<typeof seriesSchema>,
  column: 'event' | 'value' | 'segment' | 'bucket',
  { response, events = [] }: { response: string; events?: readonly string[] },
): Row[] {
  return response === 'wide' ? toWideRows(body, events) : toLongRows(body, column, events);
}

/** Returns names in the requested order, then as Mixpanel lists them. */
function namesOf(values: Readonly<Record<string, unknown>>, requestedOrder: readonly string[]): string[] {
  const requestedNames = requestedOrder.filter((name) => Object.hasOwn(values, name));
  return [...new Set([...requestedNames, ...keysOf(values)])];
}

function toWideRows(body: z.output<typeof seriesSchema>, requestedOrder: readonly string[]): Row[] {
  const { series, values } = body.data;
  const names = namesOf(values, requestedOrder);
  const filled = isFilled(body);
  // Not `makeRow`, which takes an object: it would put names that are whole numbers first.
  const columns = names.map((name) => [name, columnOf(name, { date: '' }, values)] as const);
  return series.toSorted().map((date) => {
    const row: Row = { date };
    for (const [name, column] of columns) {
      const count = values[name]?.[date];
      if (filled || count !== undefined) setCell(row, column, count ?? 0);
    }
    return row;
  });
}

/**
 * Returns one row per date and name, dates ascending, names in the order of `requestedOrder` (the requested names)
 * and then as Mixpanel lists them. Mixpanel leaves dates without a count out; here they are 0, unless there are too
 * many of them (`isFilled`).
 */
function toLongRows(
  body: z.output<typeof seriesSchema>,
  column: 'event' | 'value' | 'segment' | 'bucket',
  requestedOrder: readonly string[],
): Row[] {
  const { series, values } = body.data;
  const names = namesOf(values, requestedOrder);
  const filled = isFilled(body);
  const rows: Row[] = [];
  for (const date of series.toSorted()) {
    for (const name of names) {
      const count = values[name]?.[date];
      if (filled || count !== undefined) rows.push(makeRow({ date, [column]: name, count: count ?? 0 }));
    }
  }
  return rows;
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
