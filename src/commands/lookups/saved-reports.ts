import * as z from 'zod';
import { defineCommand } from '../../command/definition.js';
import type { LookupSource } from '../../command/lookup-source.js';
import { PluginError } from '../../errors.js';
import { NO_COST } from '../fields/costs.js';
import { cacheSeconds, projectId, response } from '../fields/shared-fields.js';
import { queryInsightsReport } from '../query-insights-report.js';

const fields = () => ({ projectId: projectId(), response: response(), cacheSeconds: cacheSeconds() });
const id = z.union([z.number(), z.string()]).transform(String);
const list = <S extends z.ZodType>(entry: S) =>
  // Boards came as a bare list before; mixpanel-headless reads both.
  z.union([z.array(entry), z.object({ results: z.array(entry) }).transform(({ results }) => results)]);

/** The saved reports of a project. Undocumented; Mixpanel's own clients list them (mixpanel_data specs/015-bookmarks-api). */
const listSavedReports = defineCommand({
  id: 'LIST_SAVED_REPORTS',
  label: 'Look-up of saved reports',
  description: 'The saved reports of a project.',
  documentation: queryInsightsReport.documentation,
  columns: [],
  cost: NO_COST,
  effect: 'read',
  fields: fields(),
  request: ({ projectId }) => ({
    family: 'app',
    method: 'GET',
    path: `/api/app/projects/${projectId}/bookmarks`,
    projectId,
    query: { v: 2 },
  }),
  answer: list(
    z.looseObject({
      id,
      name: z.string().nullish(),
      type: z.string().nullish(),
      dashboard_id: id.nullish(),
    }),
  ),
  rows: (reports) => reports,
});

/** The boards of a project, on which its reports lie. Undocumented (mixpanel-headless `list_dashboards`). */
const listBoards = defineCommand({
  ...listSavedReports,
  id: 'LIST_BOARDS',
  label: 'Look-up of boards',
  description: 'The boards of a project.',
  fields: fields(),
  request: ({ projectId }) => ({
    family: 'app',
    method: 'GET',
    path: `/api/app/projects/${projectId}/dashboards`,
    projectId,
  }),
  answer: list(z.looseObject({ id, title: z.string().nullish() })),
  rows: (boards) => boards,
});

/** Query Insights Report cannot read these: https://developer.mixpanel.com/reference/insights-query */
const UNREADABLE_TYPES: ReadonlySet<string> = new Set(['flows']);

export const savedReports: LookupSource = {
  async load(values, ask) {
    const reports = await ask(listSavedReports, values);
    const needsBoards = reports.some(({ dashboard_id }) => dashboard_id != null);
    // A report is found by its name too: the list does not fail because the boards cannot be read.
    const boards = needsBoards ? await ask(listBoards, values).catch(ignorePluginError) : [];
    const titles = new Map(boards.map((board) => [board.id, board.title]));
    return reports
      .filter(({ type }) => !UNREADABLE_TYPES.has(type ?? ''))
      .map(({ id, name, type, dashboard_id }) => ({
        label: describeReport({
          id,
          name,
          type,
          board: dashboard_id && (titles.get(dashboard_id) ?? undefined),
        }),
        value: id,
      }))
      .sort((one, other) => one.label.localeCompare(other.label, 'en'));
  },
};

interface NamedReport {
  id: string;
  name?: string | null;
  type?: string | null;
  board?: string | null;
}

/** `Signups by day (Insights, on Growth, 67890)`. */
function describeReport({ id, name, type, board }: NamedReport): string {
  const parts = [
    ...(type ? [type.charAt(0).toUpperCase() + type.slice(1)] : []),
    ...(board ? [`on ${board}`] : []),
    id,
  ];
  return `${name || 'Untitled'} (${parts.join(', ')})`;
}

function ignorePluginError(thrown: unknown): [] {
  if (PluginError.is(thrown) && thrown.code !== 'CANCELLED') return [];
  throw thrown;
}
