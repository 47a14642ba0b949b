import fc from 'fast-check';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { readInputInProjectZone } from '../../src/query/input-reader.js';
import { parseDateExpression, resolveDate } from '../../src/time/relative-date.js';
import { createZone } from '../../src/time/zone.js';
import { buildRequest, commandById } from '../commands/command-fixture.js';
import { failure, success } from '../results.js';
import { anyTime, anyZone } from '../time/arbitraries.js';

const HOST = 'https://mixpanel.com';
const DATASOURCE = { username: 'svc.user', password: 's3cret-pass', region: 'US', projectId: '1' } as const;
/** 17:30 of 25 November in Los Angeles, 2:30 of 26 November in Berlin, 14:30 in Auckland. */
const NOW = Date.UTC(2026, 10, 26, 1, 30);

let plugin: MixpanelPlugin;
let meCalls: number;
let queries: Record<string, string>[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  nock.disableNetConnect();
  plugin = createPlugin();
  meCalls = 0;
  queries = [];
});

afterEach(async () => {
  await plugin.close();
  nock.cleanAll();
  nock.enableNetConnect();
  vi.useRealTimers();
});

function answerMe(timezone: string | undefined, status = 200) {
  nock(HOST)
    .get('/api/app/me')
    .query(true)
    .times(20)
    .reply(() => {
      meCalls += 1;
      return [status, { status: 'ok', results: { projects: { '1': { name: 'Shop', timezone } } } }];
    });
}

function answerCounts() {
  nock(HOST)
    .get('/api/query/events')
    .query((query) => queries.push(query as Record<string, string>) > 0)
    .times(20)
    .reply(200, { data: { series: [], values: {} }, legend_size: 0 });
}

const counts = (dates: Record<string, unknown>) =>
  plugin.execute({
    datasource: DATASOURCE,
    command: 'GET_AGGREGATE_EVENT_COUNTS',
    parameters: { events: '["Signup"]', ...dates },
  });

const sentDates = () => queries.map(({ from_date, to_date }) => `${from_date} to ${to_date}`);

describe('relative dates are days of the project', () => {
  test.each([
    ['US/Pacific', '2026-10-26', '2026-11-25'],
    ['Europe/Berlin', '2026-10-27', '2026-11-26'],
    ['Pacific/Auckland', '2026-10-27', '2026-11-26'],
  ])('in %s', async (timezone, from, to) => {
    answerMe(timezone);
    answerCounts();
    const { meta, messages } = success(await counts({ fromDate: '-30d', toDate: 'today' }));
    expect(sentDates()).toEqual([`${from} to ${to}`]);
    expect(meta.dates).toEqual({ from, to, timezone });
    expect(meta.cost).toBe(1);
    expect(messages).toEqual([
      `From Date -30d is ${from}, To Date today is ${to}, in the project's time zone, ${timezone}.`,
    ]);
  });

  test('a period is its first day in From Date and its last in To Date', async () => {
    answerMe('US/Pacific');
    answerCounts();
    await counts({ fromDate: 'last month', toDate: 'Last Month' });
    expect(sentDates()).toEqual(['2026-10-01 to 2026-10-31']);
  });

  test('beside a day, both are in the message', async () => {
    answerMe('US/Pacific');
    answerCounts();
    const { meta } = success(await counts({ fromDate: '2026-11-01', toDate: 'yesterday' }));
    expect(meta.dates).toEqual({ from: '2026-11-01', to: '2026-11-24', timezone: 'US/Pacific' });
  });

  test.each([
    ['typed', '-30d'],
    ['bound in Appsmith', { data: '-30d', viewType: 'component' }],
    ['bound as JSON', '"-30d"'],
    ['with spaces and a typographic minus', ' \u221230 D '],
  ])('a date %s is read alike', async (_, fromDate) => {
    answerMe('US/Pacific');
    answerCounts();
    success(await counts({ fromDate, toDate: 'today' }));
    expect(sentDates()).toEqual(['2026-10-26 to 2026-11-25']);
  });

  test('the days of any project at any time are those of its calendar', async () => {
    const command = commandById('GET_AGGREGATE_EVENT_COUNTS');
    const expressions = ['today', 'yesterday', '-1m', '-1y', '-12w', 'start of this year', 'last quarter'];
    await fc.assert(
      fc.asyncProperty(anyZone, anyTime, fc.constantFrom(...expressions), async (name, now, text) => {
        const zone = createZone(name);
        const { input, dates } = await readInputInProjectZone(
          command,
          { events: '["A"]', fromDate: text, toDate: 'today' },
          { region: 'US', projectId: '1', now },
          { zoneOf: async () => ({ zone }) },
        );
        const from = resolveDate(parseDateExpression(text), 'from', { now, zone });
        expect(input).toMatchObject({ fromDate: from, toDate: zone.dayOf(now) });
        expect(dates).toEqual({ from, to: zone.dayOf(now), timezone: name });
      }),
    );
  });
});

describe('the time zone', () => {
  test('is not asked for when every date is a day, and meta then has no dates', async () => {
    answerMe('US/Pacific');
    answerCounts();
    const { meta, messages } = success(
      await counts({ fromDate: '2026-11-01', toDate: '2026-11-05T10:00:00+01:00' }),
    );
    expect([meCalls, meta.dates, messages]).toEqual([0, undefined, []]);
    expect(sentDates()).toEqual(['2026-11-01 to 2026-11-05']);
  });

  test('is asked for once, for many queries and for the list of projects', async () => {
    answerMe('US/Pacific');
    answerCounts();
    await Promise.all(['-1d', '-2d', '-3d'].map((fromDate) => counts({ fromDate, toDate: 'today' })));
    await plugin.options({ datasource: DATASOURCE, command: 'GET_TOP_EVENTS', field: 'projectId' });
    expect([meCalls, queries.length]).toEqual([1, 3]);
  });

  test.each([
    ['Mixpanel cannot say', () => answerMe('US/Pacific', 500), /could not be listed \(SERVER_TROUBLE\)/],
    ['the answer has none', () => answerMe(undefined), /names no time zone for the project 1/],
    [
      'this machine does not know it',
      () => answerMe('Mars/Olympus'),
      /does not know the project's time zone, Mars/,
    ],
  ])('is UTC, which a message says, when %s', async (_, answer, reason) => {
    answer();
    answerCounts();
    const { meta, messages } = success(await counts({ fromDate: '-30d', toDate: 'today' }));
    expect(sentDates()).toEqual(['2026-10-27 to 2026-11-26']);
    expect(meta.dates?.timezone).toBe('UTC');
    expect(messages).toEqual([expect.stringMatching(reason)]);
    expect(messages[0]).toContain('in UTC, because');
  });

  test('is not asked for when the input has another mistake', async () => {
    answerMe('US/Pacific');
    const { issues } = failure(
      await counts({ fromDate: '-30d', toDate: 'today', type: 'unique', unit: 'hour' }),
    );
    expect(issues?.map(({ field }) => field)).toEqual(['unit']);
    expect(failure(await counts({ fromDate: '-30x', toDate: 'today' })).code).toBe('INVALID_INPUT');
    expect(meCalls).toBe(0);
  });
});

describe('the rules of dates hold for the days they become', () => {
  test('a From Date after To Date is named as it was written, with its day', async () => {
    answerMe('US/Pacific');
    const error = failure(await counts({ fromDate: 'yesterday', toDate: '2026-11-01' }));
    expect(error.issues).toEqual([
      {
        field: 'fromDate',
        label: 'From Date',
        message: 'must not be after To Date (2026-11-01).',
        received: 'yesterday, which is 2026-11-24 in US/Pacific',
      },
    ]);
  });

  test('a day that is after today in UTC may be today in the project', async () => {
    answerMe('US/Pacific');
    answerCounts();
    // In UTC today is the 26th already.
    expect((await counts({ fromDate: 'today', toDate: '2026-11-25' })).ok).toBe(true);
  });

  test('what Mixpanel refuses comes with the days that were sent', async () => {
    answerMe('US/Pacific');
    nock(HOST).get('/api/query/events').query(true).reply(400, { error: 'to_date is wrong' });
    const { message } = failure(await counts({ fromDate: '-30d', toDate: 'today' }));
    expect(message).toContain('to_date is wrong');
    expect(message).toContain('From Date -30d is 2026-10-26');
  });
});

describe('the cache', () => {
  test('keeps a result for its days, not for its words', async () => {
    answerMe('US/Pacific');
    answerCounts();
    const yesterday = { fromDate: 'yesterday', toDate: 'yesterday', cacheSeconds: 7 * 86_400 };
    expect((await counts(yesterday)).meta.cache?.state).toBe('MISS');
    expect((await counts({ ...yesterday, fromDate: '2026-11-24', toDate: '-1d' })).meta.cache?.state).toBe(
      'HIT',
    );
    vi.setSystemTime(NOW + 86_400_000);
    expect((await counts(yesterday)).meta.cache?.state).toBe('MISS');
    expect(sentDates()).toEqual(['2026-11-24 to 2026-11-24', '2026-11-25 to 2026-11-25']);
  });
});

describe('a custom action', () => {
  const act = (parameters: Record<string, unknown>) =>
    plugin.execute({ datasource: DATASOURCE, command: 'CUSTOM_ACTION', parameters });

  test('has relative dates in its query string, and keeps the rest of it', async () => {
    answerMe('US/Pacific');
    const scope = nock(HOST)
      .get('/api/query/retention')
      .query({
        project_id: '1',
        from_date: '2026-10-26',
        to_date: '2026-11-25',
        born_event: 'from_date=today',
      })
      .reply(200, {});
    const { meta, messages } = success(
      await act({
        endpoint: '/api/query/retention?born_event=from_date%3Dtoday&from_date=-30d&to_date=0+days+ago',
      }),
    );
    expect(scope.isDone()).toBe(true);
    expect(meta.dates).toEqual({ from: '2026-10-26', to: '2026-11-25', timezone: 'US/Pacific' });
    expect(messages[0]).toMatch(/^from_date -30d is 2026-10-26, to_date 0 days ago is 2026-11-25/);
  });

  test('has them in the App API, in the zone of the project of its path', async () => {
    nock(HOST)
      .get('/api/app/me')
      .query(true)
      .reply(200, {
        results: {
          projects: { '1': { timezone: 'UTC' }, '7': { timezone: 'US/Pacific' } },
        },
      });
    const scope = nock(HOST)
      .get('/api/app/projects/7/annotations')
      .query({ fromDate: '2026-11-01', toDate: '2026-11-25' })
      .reply(200, { results: [] });
    await act({
      endpoint: 'https://mixpanel.com/api/app/projects/7/annotations?fromDate=this month&toDate=today',
    });
    expect(scope.isDone()).toBe(true);
  });

  test.each([
    ['an object', { from_date: '-1w', to_date: 'today', toString: 'today', inner: { from_date: 'today' } }],
    [
      'JSON text',
      '{"from_date": "-1w", "to_date": "today", "toString": "today", "inner": {"from_date": "today"}}',
    ],
  ])('has them in a body that is %s, at its top level', async (_, body) => {
    answerMe('US/Pacific');
    const scope = nock(HOST)
      .post('/api/query/retention', {
        from_date: '2026-11-18',
        to_date: '2026-11-25',
        toString: 'today',
        inner: { from_date: 'today' },
      })
      .query(true)
      .reply(200, {});
    await act({ method: 'POST', endpoint: '/api/query/retention', body });
    expect(scope.isDone()).toBe(true);
  });

  test('keeps every other character of a JSON text', async () => {
    answerMe('US/Pacific');
    let sent = '';
    nock(HOST)
      .post('/api/query/retention', (received) => {
        sent = JSON.stringify(received);
        return true;
      })
      .query(true)
      .reply(200, {});
    const body = '{ "id": 12345678901234567890, "to_date" : "today" }';
    const request = buildRequest(
      'CUSTOM_ACTION',
      { method: 'POST', endpoint: '/api/query/retention', body },
      { now: NOW },
    );
    expect(request.text).toBe('{ "id": 12345678901234567890, "to_date" : "2026-11-26" }');
    await act({ method: 'POST', endpoint: '/api/query/retention', body });
    expect(sent).toContain('2026-11-25');
  });

  test('leaves data to be stored, days and texts of another kind alone', async () => {
    nock('https://api.mixpanel.com')
      .post('/engage', [{ $token: 't', $set: { from_date: 'today' } }])
      .reply(200, { status: 1 });
    nock('https://api.mixpanel.com').post('/track', { from_date: 'today' }).reply(200, { status: 1 });
    nock(HOST)
      .get('/api/query/funnels')
      .query({ project_id: '1', from_date: '2026-01-01', to_date: '{{today}}' })
      .reply(200, { data: {} });
    for (const parameters of [
      { method: 'POST', endpoint: '/engage', body: [{ $token: 't', $set: { from_date: 'today' } }] },
      { method: 'POST', endpoint: '/track', body: { from_date: 'today' } },
      { endpoint: '/api/query/funnels?from_date=2026-01-01&to_date={{today}}' },
    ]) {
      const result = await act(parameters);
      expect([success(result).meta.dates, result.messages]).toEqual([undefined, []]);
    }
    expect(nock.isDone()).toBe(true);
  });
});
