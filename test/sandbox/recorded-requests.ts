/** What the sandbox is asked to answer in the shape of a recording. */
export interface SandboxQuestion {
  method?: string;
  path: string;
  query?: Record<string, unknown>;
  body?: unknown;
  /** The name of the account, `sandbox` by default; `nobody` does not exist. */
  account?: string;
}

const DAY = { from_date: '2026-11-23', to_date: '2026-11-24' };
const WEST = '2345678';
const APP = '/api/app/projects/1234567';
const TOKEN = 'sandbox-token-1234567';

const report = (bookmark_id: number): SandboxQuestion => ({
  path: '/api/query/insights',
  query: { bookmark_id },
});
const events = (query: object): SandboxQuestion => ({
  path: '/api/query/events',
  query: { event: ['Purchase', 'Signup'], type: 'general', unit: 'day', ...DAY, ...query },
});
const propertyValues = (name: string): SandboxQuestion => ({
  path: '/api/query/events/properties',
  query: { event: 'Purchase', name, type: 'general', unit: 'day', ...DAY },
});
const profiles = (form: object): SandboxQuestion => ({
  method: 'POST',
  path: '/api/query/engage',
  body: new URLSearchParams(form as Record<string, string>).toString(),
});
const activity = (query: object): SandboxQuestion => ({
  path: '/api/query/stream/query',
  query: { distinct_ids: ['user1', 'user2'], ...DAY, ...query },
});
const names = (query: object = {}): SandboxQuestion => ({
  path: '/api/query/events/names',
  query: { type: 'general', ...query },
});
const historyLimit = { project_id: '3456789', from_date: '2026-01-01', to_date: '2026-01-02' };

/** By the name of the recording. One that gives a `sandbox` itself is not here. */
export const QUESTIONS: Readonly<Record<string, SandboxQuestion>> = {
  'custom-action/annotation-created': {
    method: 'POST',
    path: `${APP}/annotations`,
    body: { date: '2026-07-03 12:00:00', description: 'release' },
  },
  'custom-action/annotation-tags': { path: `${APP}/annotations/tags` },
  'custom-action/app-stranger': { path: `/api/app/projects/${WEST}/schemas`, account: 'analyst' },
  'custom-action/bookmarks': { path: `${APP}/bookmarks`, query: { v: 2, type: 'insights' } },
  'custom-action/funnel': { path: '/api/query/funnels', query: { funnel_id: 7509, ...DAY } },
  'custom-action/import-partly-refused': {
    method: 'POST',
    path: '/import',
    query: { strict: 1 },
    body: [{ event: 'a', properties: {} }],
  },
  'custom-action/import': {
    method: 'POST',
    path: '/import',
    query: { strict: 1 },
    body: [{ event: 'a', properties: { time: 1_751_566_800_000, distinct_id: 'u', $insert_id: 'x-1' } }],
  },
  'custom-action/method-in-endpoint': { method: 'DELETE', path: `${APP}/annotations/503` },
  'custom-action/no-lookup-tables': { path: '/lookup-tables' },
  'custom-action/profile-update-refused': {
    method: 'POST',
    path: '/engage',
    query: { verbose: 1 },
    body: [{ $distinct_id: 'u', $set: { a: 1 } }],
  },
  'custom-action/profile-update': {
    method: 'POST',
    path: '/engage',
    query: { strict: 1, verbose: 1 },
    body: [{ $token: TOKEN, $distinct_id: 'u', $set: { plan: 'premium' } }],
  },
  'custom-action/schemas': { path: `${APP}/schemas/event` },
  'download-data/empty': { path: '/api/2.0/export', query: { ...DAY, event: ['Nobody does this'] } },
  'download-data/lines': { path: '/api/2.0/export', query: { ...DAY, limit: 20 } },
  'download-data/to-date-in-the-future': {
    path: '/api/2.0/export',
    query: { from_date: '2026-11-24', to_date: '2026-11-25' },
  },
  'download-data/wrong-credentials': { path: '/api/2.0/export', query: DAY, account: 'nobody' },
  'get-aggregate-event-counts/history-limit': events(historyLimit),
  'get-aggregate-event-counts/sparse': events({}),
  'get-aggregate-event-counts/unknown-event': events({ event: ['Nobody does this'] }),
  'get-aggregated-event-property-values/cut-at-255': propertyValues('$user_id'),
  'get-aggregated-event-property-values/documented': propertyValues('country'),
  'get-aggregated-event-property-values/two-values': propertyValues('country'),
  'get-profile-event-activity/documented': activity({}),
  'get-profile-event-activity/two-users': activity({}),
  'get-profile-event-activity/stranger': { ...activity({ project_id: WEST }), account: 'analyst' },
  'get-projects/stranger-everywhere': { path: '/api/app/me', query: { include_workspace_users: false } },
  'get-projects/two-projects': { path: '/api/app/me', query: { include_workspace_users: false } },
  'get-projects/wrong-credentials': { path: '/api/app/me', account: 'nobody' },
  'get-todays-top-events/documented': { path: '/api/query/events/top', query: { type: 'unique' } },
  'get-todays-top-events/plan-without-api': {
    path: '/api/query/events/top',
    query: { type: 'unique' },
    account: 'free',
  },
  'get-top-event-properties/documented': {
    path: '/api/query/events/properties/top',
    query: { event: 'Purchase' },
  },
  'get-top-event-property-values/documented': {
    path: '/api/query/events/properties/values',
    query: { event: 'Purchase', name: 'country' },
  },
  'get-top-event-property-values/empty': {
    path: '/api/query/events/properties/values',
    query: { event: 'Purchase', name: 'nothing' },
  },
  'get-top-event-property-values/objects': {
    path: '/api/query/events/properties/values',
    query: { event: 'Purchase', name: 'items' },
  },
  'get-top-events/documented': names(),
  'get-top-events/history-limit': names(historyLimit),
  'get-top-events/plan-without-api': { ...names(), account: 'free' },
  'get-top-events/wrong-credentials': { ...names(), account: 'nobody' },
  'list-saved-cohorts/documented': { method: 'POST', path: '/api/query/cohorts/list' },
  'list-saved-cohorts/stranger': {
    method: 'POST',
    path: '/api/query/cohorts/list',
    query: { project_id: WEST },
    account: 'analyst',
  },
  'list-saved-cohorts/visible-and-hidden': { method: 'POST', path: '/api/query/cohorts/list' },
  'query-insights-report/bar-compared-with-lift': report(67898),
  'query-insights-report/bar-one-breakdown': report(67894),
  'query-insights-report/bar-two-breakdowns': report(67896),
  'query-insights-report/bar-without-totals': report(67896),
  'query-insights-report/funnel': report(67901),
  'query-insights-report/funnel-eleven-steps': report(67901),
  'query-insights-report/funnel-segments': report(67902),
  'query-insights-report/funnel-trend': report(67903),
  'query-insights-report/line-compared': report(67906),
  'query-insights-report/line-documented': report(67890),
  'query-insights-report/line-one-breakdown': report(67891),
  'query-insights-report/line-part-of-range': report(67890),
  'query-insights-report/metric': report(67895),
  'query-insights-report/metric-without-meta': report(67895),
  'query-insights-report/retention-average': report(67904),
  'query-insights-report/retention-segments-below-dates': report(67905),
  'query-insights-report/table-by-time-and-email': report(67896),
  'query-insights-report/unknown-report': report(1),
  'query-insights-report/wrong-region': {
    path: '/api/query/insights',
    query: { bookmark_id: 1, project_id: '4567890' },
  },
  'query-profiles/all-users-alone': profiles({ include_all_users: 'true' }),
  'query-profiles/empty': profiles({ where: 'properties["plan"] == "None"' }),
  'query-profiles/groups': profiles({ data_group_id: '-1405123841946871899' }),
  'query-profiles/sorted': profiles({ sort_key: 'properties["$last_seen"]', sort_order: 'descending' }),
  'track-events/accepted-as-text': {
    method: 'POST',
    path: '/track',
    body: [{ event: 'a', properties: { token: TOKEN } }],
  },
  'track-events/accepted': {
    method: 'POST',
    path: '/track',
    query: { verbose: 1 },
    body: [{ event: 'a', properties: { token: TOKEN } }],
  },
  'track-events/refused-as-text': { method: 'POST', path: '/track', body: [{ event: 'a', properties: {} }] },
  'track-events/refused': {
    method: 'POST',
    path: '/track',
    query: { verbose: 1 },
    body: [{ event: 'a', properties: {} }],
  },
};

/** Why a recording has no question. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  'download-data/terminated-early': 'a fault, which the sandbox makes on request',
  'download-data/unreadable-line': 'a fault, which the sandbox makes on request',
  'get-aggregate-event-counts/error-in-200': 'a fault, which the sandbox makes on request',
  'query-insights-report/error-in-200': 'a fault, which the sandbox makes on request',
  'query-profiles/error-in-200': 'a fault, which the sandbox makes on request',
  'get-top-events/server-error-page': 'a fault, which the sandbox makes on request',
  'get-top-events/timeout': 'a fault, which the sandbox makes on request',
  'get-projects/no-projects': 'every account of the sandbox has a project',
  'get-top-event-properties/count-missing': 'the sandbox always counts',
  'query-insights-report/funnel-without-name': 'the sandbox gives the name, as recorded answers do',
  'query-insights-report/retention-segments-above-dates':
    'an ad-hoc query; a recorded saved report has the segments below the dates',
  'query-insights-report/line-formula-null': 'the sandbox has no formulas',
  'query-insights-report/line-saved-metric': 'the sandbox has no saved metrics',
  'query-insights-report/cut-and-sampled':
    'shortened to a report without segments, which cannot be cut; the sandbox cuts one that has them',
  'query-profiles/documented': 'its ids are numbers; recorded ones are texts',
  'query-profiles/last-page': 'needs the session of a first page; test/sandbox/endpoints/engage',
};
