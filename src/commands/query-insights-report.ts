import { z } from 'zod';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import type { Row } from '../result/rows.js';
import { cacheSeconds, projectId, response, workspaceId } from './fields/shared-fields.js';
import { objectOf } from './rows/response-schemas.js';

export const queryInsightsReport = defineCommand({
  id: 'QUERY_INSIGHTS_REPORT',
  label: 'Query Insights Report',
  description: 'The data of a saved Insights report. Mixpanel allows 60 queries an hour and 5 at a time.',
  documentation: 'https://developer.mixpanel.com/reference/insights-query',
  columns: [],
  moreColumns: 'a column per level of the report, date where there is one, value',
  effect: 'read',
  freshSeconds: () => 600,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    bookmarkId: field(z.string().regex(/^\d+$/, 'must be a number, such as 67890.'), {
      label: 'Bookmark ID',
      help: "The number after report- in the URL of the saved report's page.",
      kind: 'text',
      required: true,
      placeholder: '67890',
    }),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/insights',
    projectId: input.projectId,
    query: { project_id: input.projectId, workspace_id: input.workspaceId, bookmark_id: input.bookmarkId },
  }),
  answer: z.object({ headers: z.array(z.string()), series: objectOf<unknown>() }),
  rows: ({ headers, series }) => {
    const values = [...flattenSeries(series, [])];
    const columns = nameColumns(
      headers,
      values.reduce((maxDepth, { path }) => Math.max(maxDepth, path.length), headers.length),
    );
    return values.map(({ path, value }) => toInsightsRow(headers.length, columns, path, value));
  },
});

/** Depth follows the report: one level per header, and one more for dates where the chart has them. */
function* flattenSeries(node: unknown, path: string[]): Iterable<{ path: string[]; value: unknown }> {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    yield { path, value: node };
    return;
  }
  for (const [key, child] of Object.entries(node)) yield* flattenSeries(child, [...path, key]);
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}/;

function toInsightsRow(
  headerCount: number,
  columns: readonly string[],
  path: readonly string[],
  value: unknown,
): Row {
  const last = path.at(-1) ?? '';
  const hasDate = path.length > headerCount || ISO_DAY.test(last);
  const levels = hasDate ? path.slice(0, -1) : path;
  const row: Row = {};
  // A total (`$overall`) may stand where deeper levels would follow: those columns are empty then.
  for (const [level, column] of columns.slice(0, Math.max(levels.length, headerCount)).entries()) {
    row[column] = levels[level] ?? null;
  }
  if (hasDate) row.date = last;
  row.value = value;
  return row;
}

/**
 * A column for each level. `$event` and `$metric` are Mixpanel's own names; without the dollar they read as columns.
 * A report may be broken down by the same property twice, or by one whose name is taken or can be no column of its
 * own place (`42` would come before all others): its column is `property_42`.
 */
function nameColumns(headers: readonly string[], depth: number): string[] {
  const usedNames = new Set(['date', 'value', '__proto__']);
  return Array.from({ length: depth }, (_, level) => {
    let name = headers[level]?.replace(/^\$/, '') || `level${level + 1}`;
    while (usedNames.has(name) || /^\d+$/.test(name)) name = `property_${name}`;
    usedNames.add(name);
    return name;
  });
}
