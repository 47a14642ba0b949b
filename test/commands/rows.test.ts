import { describe, expect, it } from 'vitest';
import { formatBody } from '../../src/command/answer-formatter.js';
import type { Row } from '../../src/result/rows.js';
import { buildRequest, buildRows, commandById, NOW, readParameters } from './command-fixture.js';

const RANGE = { fromDate: '2025-10-01', toDate: '2025-10-03' };

describe('answers become flat rows, fixed columns first', () => {
  it('GET_PROJECTS: a row per project, by name, with the workspace Mixpanel would use', () => {
    const body = {
      status: 'ok',
      results: {
        organizations: { '100': { id: 100, name: 'Acme Corp', role: 'admin' } },
        projects: {
          '2': {
            name: 'Shop',
            organization_id: 100,
            timezone: 'US/Pacific',
            domain: 'eu.mixpanel.com',
            role: { id: 1, name: 'admin' },
          },
          '1': { name: 'App', organization_id: 100, timezone: 'UTC', domain: '', role: 'analyst' },
        },
        workspaces: {
          '10': { id: 10, name: 'Germany', project_id: 2, is_visible: true },
          '11': { id: 11, name: 'Everything', project_id: 2, is_global: true },
        },
      },
    };
    expect(buildRows('GET_PROJECTS', {}, body)).toEqual([
      {
        name: 'App',
        id: '1',
        organization: 'Acme Corp',
        organizationId: '100',
        timezone: 'UTC',
        region: 'US',
        role: 'analyst',
        workspaceId: null,
        workspace: null,
      },
      {
        name: 'Shop',
        id: '2',
        organization: 'Acme Corp',
        organizationId: '100',
        timezone: 'US/Pacific',
        region: 'EU',
        role: 'admin',
        workspaceId: '11',
        workspace: 'Everything',
      },
    ]);
  });

  it('GET_AGGREGATE_EVENT_COUNTS: zero-filled, dates ascending, events in the order asked for', () => {
    const body = {
      data: {
        series: ['2025-10-02', '2025-10-01'],
        values: { Signup: { '2025-10-02': 3 }, Purchase: { '2025-10-01': 1 } },
      },
      legend_size: 2,
    };
    expect(
      buildRows('GET_AGGREGATE_EVENT_COUNTS', { events: ['Purchase', 'Signup', 'Unknown'], ...RANGE }, body),
    ).toEqual([
      { date: '2025-10-01', event: 'Purchase', count: 1 },
      { date: '2025-10-01', event: 'Signup', count: 0 },
      { date: '2025-10-02', event: 'Purchase', count: 0 },
      { date: '2025-10-02', event: 'Signup', count: 3 },
    ]);
  });

  // Appsmith CE, WidgetSuggestionHelper.java: the suggested chart takes the first text and the first number of a row;
  // EChartsDatasetBuilder.ts keeps one value for each x.
  it('a wide answer has one row for each date and a column for each name, so that a chart has one value for each x', () => {
    const body = {
      data: {
        series: ['2025-10-02', '2025-10-01'],
        values: {
          Signup: { '2025-10-02': 3 },
          Purchase: { '2025-10-01': 1 },
          date: { '2025-10-01': 5 },
          '42': { '2025-10-02': 7 },
        },
      },
    };
    const wide = { ...RANGE, response: 'wide' };
    const rows = buildRows(
      'GET_AGGREGATE_EVENT_COUNTS',
      { events: ['Purchase', 'Signup'], ...wide },
      body,
    ) as Row[];
    expect(rows).toEqual([
      { date: '2025-10-01', Purchase: 1, Signup: 0, property_date: 5, property_42: 0 },
      { date: '2025-10-02', Purchase: 0, Signup: 3, property_date: 0, property_42: 7 },
    ]);
    expect(Object.keys(rows[0]!).slice(0, 3)).toEqual(['date', 'Purchase', 'Signup']);
    expect(
      buildRows(
        'GET_AGGREGATED_EVENT_PROPERTY_VALUES',
        { event: 'Signup', propertyName: 'plan', ...wide },
        body,
      ),
    ).toHaveLength(2);
  });

  it('a wide answer as CSV has the same columns, although the CSV of Mixpanel has not', async () => {
    const parameters = { events: ['A', 'B'], ...RANGE, response: 'wide', format: 'csv' };
    expect(buildRequest('GET_AGGREGATE_EVENT_COUNTS', parameters).query).toMatchObject({ format: 'json' });
    const command = commandById('GET_AGGREGATE_EVENT_COUNTS');
    const body = { data: { series: ['2025-10-01'], values: { A: { '2025-10-01': 1 }, B: {} } } };
    const input = readParameters(command.id, parameters);
    const { body: csv } = await formatBody(command, input, body, { region: 'US', now: NOW });
    expect(csv).toBe('date,A,B\n2025-10-01,1,0\n');
  });

  it('GET_AGGREGATED_EVENT_PROPERTY_VALUES: values may have names that objects already have', () => {
    const body = JSON.parse(
      '{"data":{"series":["2025-10-01"],"values":{"__proto__":{"2025-10-01":2},"constructor":{},"42":{"2025-10-01":1}}}}',
    );
    const parameters = { event: 'Signup', propertyName: 'plan', ...RANGE };
    expect(buildRows('GET_AGGREGATED_EVENT_PROPERTY_VALUES', parameters, body)).toEqual([
      { date: '2025-10-01', value: '42', count: 1 },
      { date: '2025-10-01', value: '__proto__', count: 2 },
      { date: '2025-10-01', value: 'constructor', count: 0 },
    ]);
  });

  it('GET_TODAYS_TOP_EVENTS', () => {
    const body = { events: [{ amount: 2, event: 'funnel', percent_change: -0.356 }], type: 'unique' };
    expect(buildRows('GET_TODAYS_TOP_EVENTS', {}, body)).toEqual([
      { event: 'funnel', amount: 2, percentChange: -0.356 },
    ]);
  });

  it('GET_TOP_EVENTS and GET_TOP_EVENT_PROPERTY_VALUES: rank is the place in the answer', () => {
    expect(buildRows('GET_TOP_EVENTS', {}, ['battle', 'View'])).toEqual([
      { event: 'battle', rank: 1 },
      { event: 'View', rank: 2 },
    ]);
    const parameters = { event: 'a', propertyName: 'b' };
    expect(buildRows('GET_TOP_EVENT_PROPERTY_VALUES', parameters, ['cat'])).toEqual([
      { value: 'cat', rank: 1 },
    ]);
  });

  it('GET_TOP_EVENT_PROPERTIES: a count Mixpanel leaves out is unknown, not 0', () => {
    expect(
      buildRows(
        'GET_TOP_EVENT_PROPERTIES',
        { event: 'a' },
        { 'ad version': { count: 295 }, $duration_s: {} },
      ),
    ).toEqual([
      { property: 'ad version', count: 295 },
      { property: '$duration_s', count: null },
    ]);
  });

  it('DOWNLOAD_DATA: event, time, distinct_id, then every property under its own name', () => {
    const record = JSON.parse(
      '{"event":"Signed up","properties":{"time":1602611311,"distinct_id":"u1","$insert_id":"i","event":"inner","__proto__":{"x":1},"constructor":"c","42":true,"deep":{"a":[{"b":null}]}}}',
    );
    const [row] = buildRows('DOWNLOAD_DATA', RANGE, [record]) as Record<string, unknown>[];
    expect(JSON.stringify(row)).toBe(
      '{"event":"Signed up","time":"2020-10-13T17:48:31.000Z","distinct_id":"u1","property_42":true,"$insert_id":"i","property_event":"inner","__proto__":{"x":1},"constructor":"c","deep":{"a":[{"b":null}]}}',
    );
  });

  it('DOWNLOAD_DATA: milliseconds and seconds are distinguished', () => {
    const record = { event: 'e', properties: { time: 1602611311123, distinct_id: 'u' } };
    expect(buildRows('DOWNLOAD_DATA', RANGE, [record])).toEqual([
      { event: 'e', time: '2020-10-13T17:48:31.123Z', distinct_id: 'u' },
    ]);
  });

  describe('QUERY_INSIGHTS_REPORT: columns follow the depth of the report', () => {
    const rows = (body: object) => buildRows('QUERY_INSIGHTS_REPORT', { bookmarkId: '1' }, body);

    it('one level and dates', () => {
      expect(
        rows({ headers: ['$event'], series: { 'Logged in': { '2020-08-31T00:00:00-07:00': 9852 } } }),
      ).toEqual([{ event: 'Logged in', date: '2020-08-31', value: 9852 }]);
    });

    it('two levels and dates', () => {
      expect(
        rows({
          headers: ['$event', 'country'],
          series: { Login: { US: { '2020-08-31': 1 }, DE: { '2020-08-31': 2 } } },
        }),
      ).toEqual([
        { event: 'Login', country: 'US', date: '2020-08-31', value: 1 },
        { event: 'Login', country: 'DE', date: '2020-08-31', value: 2 },
      ]);
    });

    it('no dates', () => {
      expect(rows({ headers: ['$event', 'plan'], series: { Login: { Free: 7 } } })).toEqual([
        { event: 'Login', plan: 'Free', value: 7 },
      ]);
    });

    it('breakdowns by properties whose names columns have already, or cannot have', () => {
      const [row] = rows({
        headers: ['$event', 'value', 'date', '42', 'plan', 'plan', '__proto__'],
        series: { Login: { a: { b: { c: { Free: { Paid: { d: { '2020-08-31': 1 } } } } } } } },
      }) as object[];
      expect(Object.entries(row!)).toEqual([
        ['event', 'Login'],
        ['property_value', 'a'],
        ['property_date', 'b'],
        ['property_42', 'c'],
        ['plan', 'Free'],
        ['property_plan', 'Paid'],
        ['property___proto__', 'd'],
        ['date', '2020-08-31'],
        ['value', 1],
      ]);
    });

    it('a total beside the deeper levels', () => {
      expect(rows({ headers: ['$event', 'plan'], series: { Login: { '2020-08-31': 9 } } })).toEqual([
        { event: 'Login', plan: null, date: '2020-08-31', value: 9 },
      ]);
    });
  });

  it('QUERY_PROFILES: a property called distinct_id does not hide the profile’s own', () => {
    const body = {
      results: [{ $distinct_id: 'abc', $properties: { $email: 'a@b.c', distinct_id: 'other' } }],
      page: 0,
      page_size: 1000,
      status: 'ok',
      total: 1,
    };
    expect(buildRows('QUERY_PROFILES', {}, body)).toEqual([
      { distinct_id: 'abc', $email: 'a@b.c', property_distinct_id: 'other' },
    ]);
  });

  it('GET_PROFILE_EVENT_ACTIVITY', () => {
    const body = {
      status: 'ok',
      results: {
        events: [
          {
            event: 'Game Played',
            properties: { time: 1599589453, $distinct_id: '12a3', $browser: 'Chrome' },
          },
        ],
      },
    };
    expect(buildRows('GET_PROFILE_EVENT_ACTIVITY', { distinctIds: ['12a3'], ...RANGE }, body)).toEqual([
      {
        event: 'Game Played',
        time: '2020-09-08T18:24:13.000Z',
        distinct_id: '12a3',
        $distinct_id: '12a3',
        $browser: 'Chrome',
      },
    ]);
  });

  it('LIST_SAVED_COHORTS', () => {
    const body = [
      {
        count: 150,
        is_visible: 1,
        description: 'd',
        created: '2019-03-19 23:49:51',
        project_id: 1,
        id: 1000,
        name: 'Cohort One',
      },
    ];
    expect(buildRows('LIST_SAVED_COHORTS', {}, body)).toEqual([
      {
        name: 'Cohort One',
        id: 1000,
        count: 150,
        description: 'd',
        created: '2019-03-19 23:49:51',
        visible: true,
      },
    ]);
  });

  it('CUSTOM_ACTION: whatever came', () => {
    expect(buildRows('CUSTOM_ACTION', { endpoint: '/api/app/me' }, { status: 'ok' })).toEqual({
      status: 'ok',
    });
  });
});
