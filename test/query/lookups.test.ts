import nock from 'nock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeLookupCost } from '../../src/command/lookup.js';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { readParameters } from '../commands/command-fixture.js';

const HOST = 'https://mixpanel.com';
const DATASOURCE = { username: 'svc.user', password: 's3cret-pass', region: 'US', projectId: '1' } as const;

let plugin: MixpanelPlugin;
beforeEach(() => {
  nock.disableNetConnect();
  plugin = createPlugin();
});
afterEach(async () => {
  await plugin.close();
  nock.cleanAll();
  nock.enableNetConnect();
});

// Shape: test/recorded/custom-action/bookmarks.json.
const REPORTS = [
  { id: 11, name: 'Revenue', type: 'insights', dashboard_id: 5 },
  { id: 12, name: 'Checkout', type: 'funnels', dashboard_id: null },
  { id: 13, name: 'Paths', type: 'flows', dashboard_id: 5 },
  { id: 14, name: '', type: 'retention', dashboard_id: 6 },
];

const answerReports = () =>
  nock(HOST).get('/api/app/projects/1/bookmarks').query({ v: '2' }).reply(200, { results: REPORTS });

test('saved reports are told apart by name, type and board; flows, which cannot be read, are left out', async () => {
  answerReports();
  nock(HOST)
    .get('/api/app/projects/1/dashboards')
    .reply(200, { results: [{ id: 5, title: 'Growth' }] });
  const { options, cost } = await plugin.options({ datasource: DATASOURCE, lookup: 'reports' });
  expect(cost).toBe(0);
  expect(options).toEqual([
    { label: 'Checkout (Funnels, 12)', value: '12' },
    { label: 'Revenue (Insights, on Growth, 11)', value: '11' },
    { label: 'Untitled (Retention, 14)', value: '14' },
  ]);
});

test('saved reports are listed even if the boards cannot be', async () => {
  answerReports();
  nock(HOST).get('/api/app/projects/1/dashboards').times(10).reply(404, { error: 'Not found' });
  const { options } = await plugin.options({ datasource: DATASOURCE, lookup: 'reports', search: 'rev' });
  expect(options).toEqual([{ label: 'Revenue (Insights, 11)', value: '11' }]);
});

test.each([
  ['https://mixpanel.com/project/1/view/2/app/boards#id=3&editor-card-id="report-67890"'],
  ['https://mixpanel.com/project/1/view/2/app/boards#id=3&editor-card-id=%22report-67890%22'],
  ['https://eu.mixpanel.com/project/1/view/2/app/insights#report/67890/revenue'],
  ['https://mixpanel.com/project/1/view/2/app/funnels#view/67890/checkout'],
  ['/api/query/insights?project_id=1&bookmark_id=67890'],
  ['67890'],
])('the address %s is read as its report', (bookmarkId) => {
  expect(readParameters('QUERY_INSIGHTS_REPORT', { bookmarkId }).bookmarkId).toBe('67890');
});

test('properties of no event are asked for with an event first, and nothing is sent', async () => {
  await expect(plugin.options({ datasource: DATASOURCE, lookup: 'properties' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'Choose an event first: the properties are those of one event, the first if there are several.',
  });
});

test.each([
  ['["Signup", "Purchase"]', 'Signup'],
  ['Signup, Purchase', 'Signup'],
])('properties are those of the first of the events %s', async (events, event) => {
  nock(HOST)
    .get('/api/query/events/properties/top')
    .query((query) => query.event === event)
    .reply(200, { plan: { count: 3 } });
  const { options } = await plugin.options({
    datasource: DATASOURCE,
    command: 'DOWNLOAD_DATA',
    lookup: 'properties',
    parameters: { events },
  });
  expect(options).toEqual([{ label: 'plan', value: 'plan' }]);
});

test('values of a property are those of all events if the form names none, or a list that is still being typed', async () => {
  nock(HOST)
    .get('/api/query/events/properties/values')
    .query((query) => query.event === undefined && query.name === 'plan')
    .reply(200, ['Free', 'Premium']);
  const { options } = await plugin.options({
    datasource: DATASOURCE,
    lookup: 'propertyValues',
    parameters: { events: '["Sig', propertyName: 'plan' },
  });
  expect(options.map(({ value }) => value)).toEqual(['Free', 'Premium']);
});

test('what a lookup costs is a sentence to show before it is made', () => {
  expect(describeLookupCost('events')).toBe(
    'Looking up events costs 1 query, and none for an hour after that.',
  );
  expect(describeLookupCost('reports')).toBe('Looking up saved reports costs no query.');
});
