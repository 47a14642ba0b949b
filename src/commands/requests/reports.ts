import { isObject } from '../../json/object.js';
import { makeRow } from '../../result/rows.js';
import { NO_COST } from '../fields/costs.js';
import { reportMessages, reportRows, samplingFactor } from '../insights/report.js';
import type { Report } from '../insights/report-answer.js';
import { projectPath, queryPath } from './answer-path.js';
import { omit, readObject, readObjects, unknownShape } from './answer-shape.js';
import type { AnswerRows, RequestGroup } from './named-request.js';

/**
 * The lists are not documented; Mixpanel's own clients ask for them: mixpanel_data `specs/015-bookmarks-api`,
 * mixpanel-headless `list_dashboards`.
 */
export const reportRequests: RequestGroup = {
  label: 'Reports and boards',
  requests: [
    {
      id: 'reports',
      label: 'Saved reports',
      description:
        'The saved reports of the project. id is the Bookmark ID of Query Insights Report. Add &type=insights, funnels, retention or flows for one kind.',
      rows: 'id, name, type, dashboard, created, modified, creator, and what else Mixpanel tells of a report',
      cost: NO_COST,
      documentation: 'https://developer.mixpanel.com/reference/insights-query',
      values: { method: 'GET', endpoint: '/api/app/projects/{projectId}/bookmarks?v=2' },
    },
    {
      id: 'boards',
      label: 'Boards',
      description: 'The boards of the project.',
      rows: 'id, name, description, created, modified, creator, and what else Mixpanel tells of a board',
      cost: NO_COST,
      documentation: 'https://docs.mixpanel.com/docs/boards',
      values: { method: 'GET', endpoint: '/api/app/projects/{projectId}/dashboards' },
    },
  ],
  answers: [
    {
      methods: ['GET'],
      path: projectPath('/bookmarks'),
      read: (body) =>
        readResults(body, ({ id, name, type, dashboard_id, created, modified, creator_name, ...rest }) => [
          { id, name, type, dashboard: dashboard_id, created, modified, creator: creator_name },
          rest,
        ]),
    },
    {
      methods: ['GET'],
      path: projectPath('/dashboards'),
      read: (body) =>
        readResults(body, ({ id, title, description, created, modified, creator_name, ...rest }) => [
          { id, name: title, description, created, modified, creator: creator_name },
          rest,
        ]),
    },
    // Ad hoc, as Mixpanel's own products ask: POST with a report's parameters in `bookmark`.
    { methods: ['GET', 'POST'], path: queryPath('/insights'), read: readReport },
  ],
};

type Member = Record<string, unknown>;

/** Returns a row for each of `results`: the columns that `toColumns` names first, null if missing, then the rest. */
function readResults(body: unknown, toColumns: (each: Member) => [Member, Member]): AnswerRows {
  // Boards came as a bare list before: mixpanel-headless reads both.
  const { results, ...leftOver } = Array.isArray(body) ? { results: body } : readObject(body, 'the answer');
  const rows = readObjects(results, 'results').map((each) => {
    const [columns, rest] = toColumns(each);
    for (const name of Object.keys(columns)) columns[name] ??= null;
    return makeRow(columns, rest);
  });
  return { rows, leftOver };
}

const REPORT_MEMBERS = [
  'headers',
  'series',
  'computed_at',
  'date_range',
  'meta',
  'time_comparison',
  'lift_comparison',
];

function readReport(body: unknown): AnswerRows {
  const answer = readObject(body, 'the answer');
  const { headers = [], series } = answer;
  if (!Array.isArray(headers) || !headers.every((each) => typeof each === 'string'))
    unknownShape('a list of names', 'headers');
  if (!isObject(series) && !Array.isArray(series)) unknownShape('an object', 'series');
  const report = { ...answer, headers, series } as Report;
  return {
    rows: reportRows(report, { totals: true }),
    meta: { samplingFactor: samplingFactor(report.meta) },
    messages: (now) => reportMessages(report, now),
    leftOver: omit(answer, REPORT_MEMBERS),
  };
}
