import { describe, expect, it } from 'vitest';
import { buildRequest, NOW } from './command-fixture.js';

const RANGE = { fromDate: '2025-10-01', toDate: '2025-11-03' };

/** Each command's parameters as a host sends them, and the one call they mean. */
const calls: [id: string, parameters: Record<string, unknown>, call: object][] = [
  [
    'GET_PROJECTS',
    {},
    { family: 'app', method: 'GET', path: '/api/app/me', query: { include_workspace_users: false } },
  ],
  [
    'GET_AGGREGATE_EVENT_COUNTS',
    {
      events: '["Signup","Purchase"]',
      type: 'unique',
      unit: 'week',
      ...RANGE,
      format: 'csv',
      workspaceId: '9876543',
    },
    {
      family: 'query',
      method: 'GET',
      path: '/api/query/events',
      projectId: '1234567',
      query: {
        project_id: '1234567',
        workspace_id: '9876543',
        event: '["Signup","Purchase"]',
        type: 'unique',
        unit: 'week',
        from_date: '2025-10-01',
        to_date: '2025-11-03',
        format: 'csv',
      },
    },
  ],
  [
    'GET_AGGREGATED_EVENT_PROPERTY_VALUES',
    { projectId: 2345678, event: 'Signup', propertyName: 'PlanType', ...RANGE },
    {
      family: 'query',
      method: 'GET',
      path: '/api/query/events/properties',
      projectId: '2345678',
      query: {
        project_id: '2345678',
        event: 'Signup',
        name: 'PlanType',
        type: 'general',
        unit: 'day',
        from_date: '2025-10-01',
        to_date: '2025-11-03',
        format: 'json',
      },
    },
  ],
  [
    'GET_TODAYS_TOP_EVENTS',
    {},
    {
      method: 'GET',
      path: '/api/query/events/top',
      query: { project_id: '1234567', type: 'general', limit: 100 },
    },
  ],
  [
    'GET_TOP_EVENTS',
    { type: 'unique', limit: '20' },
    {
      method: 'GET',
      path: '/api/query/events/names',
      query: { project_id: '1234567', type: 'unique', limit: 20 },
    },
  ],
  [
    'GET_TOP_EVENT_PROPERTIES',
    { event: 'Signup' },
    { method: 'GET', path: '/api/query/events/properties/top', query: { event: 'Signup', limit: 10 } },
  ],
  [
    'GET_TOP_EVENT_PROPERTY_VALUES',
    { event: 'Signup', propertyName: '$os' },
    {
      method: 'GET',
      path: '/api/query/events/properties/values',
      query: { event: 'Signup', name: '$os', limit: 255 },
    },
  ],
  [
    'DOWNLOAD_DATA',
    {
      ...RANGE,
      events: ['Signup'],
      where: 'properties["PlanType"] == "Premium" && properties["Country"] == "US"',
      limit: '100',
    },
    {
      family: 'export',
      method: 'GET',
      path: '/api/2.0/export',
      query: {
        project_id: '1234567',
        from_date: '2025-10-01',
        to_date: '2025-11-03',
        event: '["Signup"]',
        where: 'properties["PlanType"] == "Premium" and properties["Country"] == "US"',
        limit: 100,
      },
    },
  ],
  [
    'QUERY_INSIGHTS_REPORT',
    { bookmarkId: '67890' },
    { method: 'GET', path: '/api/query/insights', query: { project_id: '1234567', bookmark_id: '67890' } },
  ],
  [
    'QUERY_PROFILES',
    {
      formData:
        '{"where":"properties[\\"$email\\"] == \\"user@example.com\\"","page":0,"output_properties":["$name"]}',
    },
    {
      method: 'POST',
      path: '/api/query/engage',
      query: { project_id: '1234567' },
      form: { where: 'properties["$email"] == "user@example.com"', page: 0, output_properties: '["$name"]' },
    },
  ],
  [
    'QUERY_PROFILES',
    { formData: { filter_by_cohort: 1000, include_all_users: false } },
    { form: { filter_by_cohort: '{"id":1000}', include_all_users: false } },
  ],
  [
    'GET_PROFILE_EVENT_ACTIVITY',
    { distinctIds: '["user1","user2"]', ...RANGE },
    {
      method: 'GET',
      path: '/api/query/stream/query',
      query: { distinct_ids: '["user1","user2"]', from_date: '2025-10-01', to_date: '2025-11-03' },
    },
  ],
  [
    'TRACK_EVENTS',
    { trackedEvents: '[{"event":"Clicked","properties":{"token":"t"}}]' },
    { family: 'ingestion', method: 'POST', path: '/track', query: { verbose: 1 }, authenticated: false },
  ],
  [
    'LIST_SAVED_COHORTS',
    { workspaceId: '9876543' },
    {
      method: 'POST',
      path: '/api/query/cohorts/list',
      query: { project_id: '1234567', workspace_id: '9876543' },
    },
  ],
  [
    'CUSTOM_ACTION',
    {
      endpoint:
        'https://mixpanel.com/api/query/funnels?funnel_id=67890&from_date=2025-10-01&to_date=2025-11-03',
    },
    {
      family: 'query',
      method: 'GET',
      path: '/api/query/funnels',
      projectId: '1234567',
      query: { funnel_id: '67890', from_date: '2025-10-01', to_date: '2025-11-03', project_id: '1234567' },
    },
  ],
  [
    'CUSTOM_ACTION',
    {
      endpoint: '/api/app/projects/1234567/annotations',
      method: 'POST',
      body: '{"date":"2025-11-01 00:00:00","description":"Launch"}',
    },
    {
      family: 'app',
      method: 'POST',
      path: '/api/app/projects/1234567/annotations',
      query: {},
      headers: { 'Content-Type': 'application/json' },
      text: '{"date":"2025-11-01 00:00:00","description":"Launch"}',
    },
  ],
  [
    'CUSTOM_ACTION',
    {
      endpoint: '/import',
      method: 'POST',
      headers: '{"content-type":"application/x-ndjson"}',
      body: '{"event":"A"}\n{"event":"B"}',
    },
    {
      family: 'ingestion',
      method: 'POST',
      path: '/import',
      headers: { 'content-type': 'application/x-ndjson' },
      text: '{"event":"A"}\n{"event":"B"}',
    },
  ],
];

describe('each command asks Mixpanel with the one call its form means', () => {
  it.each(calls)('%s %j', (id, parameters, call) => {
    expect(buildRequest(id, parameters, { now: NOW })).toMatchObject(call);
  });

  it('sends a Custom Action to the family its host belongs to', () => {
    const familyOf = (endpoint: string) => buildRequest('CUSTOM_ACTION', { endpoint }).family;
    expect(familyOf('https://mixpanel.com/api/app/me')).toBe('app');
    expect(familyOf('https://data.mixpanel.com/api/2.0/export?from_date=2025-10-01&to_date=2025-10-02')).toBe(
      'export',
    );
    expect(familyOf('https://api.mixpanel.com/import')).toBe('ingestion');
    expect(familyOf('/api/2.0/engage/properties')).toBe('query');
    expect(familyOf('https://mixpanel.com/api/apples')).toBe('query');
  });

  it('counts a Custom Action for the project its own endpoint or body names', () => {
    expect(
      buildRequest('CUSTOM_ACTION', { endpoint: '/api/query/funnels/list?project_id=2345678' }).projectId,
    ).toBe('2345678');
    const body = { project_id: 3456789, bookmark: {} };
    expect(
      buildRequest('CUSTOM_ACTION', { method: 'POST', endpoint: '/api/query/insights', body }).projectId,
    ).toBe('3456789');
    expect(
      buildRequest('CUSTOM_ACTION', {
        method: 'POST',
        endpoint: '/api/query/insights',
        body: JSON.stringify(body),
      }).projectId,
    ).toBe('3456789');
  });
});
