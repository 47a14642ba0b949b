import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../src/commands/index.js';
import { createPlugin, type MixpanelPlugin } from '../src/plugin.js';
import type { Row } from '../src/result/rows.js';
import { type Sandbox, startSandbox } from '../src/sandbox/index.js';
import { daysAgo } from './days.js';
import { success } from './results.js';

const LAST_WEEK = { fromDate: daysAgo(7), toDate: daysAgo(1) };

let sandbox: Sandbox;
let plugin: MixpanelPlugin;

beforeAll(async () => {
  sandbox = await startSandbox({ events: 20_000, users: 500 });
  plugin = createPlugin({ hosts: sandbox.hosts, quota: { limits: UNLIMITED } });
});

afterAll(async () => {
  await plugin.close();
  await sandbox.close();
});

// The sandbox asks no quota here: what is tested is the way of a query, not its wait.
const NO_WINDOWS = { windows: [], concurrent: 5 };
const UNLIMITED = { query: NO_WINDOWS, export: NO_WINDOWS };

const datasource = { username: 'sandbox.demo.mp-service-account', password: 'sandbox', projectId: '1234567' };

const execute = (command: string, parameters: Record<string, unknown> = {}) =>
  plugin.execute({ datasource, command, parameters });

async function rows(command: string, parameters: Record<string, unknown> = {}): Promise<Row[]> {
  return success(await execute(command, parameters)).body as Row[];
}

async function insightsReport(): Promise<string> {
  const id = sandbox.projects.find((project) => project.id === '1234567')?.reports[0]?.id;
  return String(id);
}

describe('every command, from form to rows, over real HTTP', () => {
  const columns: [
    id: string,
    parameters: () => Record<string, unknown> | Promise<Record<string, unknown>>,
    first: string[],
  ][] = [
    [
      'GET_PROJECTS',
      () => ({}),
      [
        'name',
        'id',
        'organization',
        'organizationId',
        'timezone',
        'region',
        'role',
        'workspaceId',
        'workspace',
      ],
    ],
    [
      'GET_AGGREGATE_EVENT_COUNTS',
      () => ({ events: '["Signup"]', ...LAST_WEEK }),
      ['date', 'event', 'count'],
    ],
    [
      'GET_AGGREGATED_EVENT_PROPERTY_VALUES',
      () => ({ event: 'Signup', propertyName: 'plan', ...LAST_WEEK }),
      ['date', 'value', 'count'],
    ],
    [
      'GET_TODAYS_TOP_EVENTS',
      async () => {
        // Soon after midnight nothing has happened yet.
        const properties = { token: 'sandbox-token-1234567', distinct_id: 'early' };
        await rows('TRACK_EVENTS', { trackedEvents: [{ event: 'Early', properties }] });
        return {};
      },
      ['event', 'amount', 'percentChange'],
    ],
    ['GET_TOP_EVENTS', () => ({}), ['event', 'rank']],
    ['GET_TOP_EVENT_PROPERTIES', () => ({ event: 'Signup' }), ['property', 'count']],
    ['GET_TOP_EVENT_PROPERTY_VALUES', () => ({ event: 'Signup', propertyName: 'plan' }), ['value', 'rank']],
    ['DOWNLOAD_DATA', () => ({ ...LAST_WEEK, limit: 50 }), ['event', 'time', 'distinct_id']],
    ['QUERY_INSIGHTS_REPORT', async () => ({ bookmarkId: await insightsReport() }), []],
    ['QUERY_PROFILES', () => ({}), ['distinct_id']],
    [
      'GET_PROFILE_EVENT_ACTIVITY',
      async () => ({
        distinctIds: [(await rows('DOWNLOAD_DATA', { ...LAST_WEEK, limit: 1 }))[0]?.distinct_id],
        ...LAST_WEEK,
      }),
      ['event', 'time', 'distinct_id'],
    ],
    [
      'TRACK_EVENTS',
      () => ({
        trackedEvents: [
          { event: 'Tracked', properties: { token: 'sandbox-token-1234567', distinct_id: 'u' } },
        ],
      }),
      ['status', 'accepted'],
    ],
    ['LIST_SAVED_COHORTS', () => ({}), ['name', 'id', 'count', 'description', 'created', 'visible']],
    ['CUSTOM_ACTION', () => ({ endpoint: '/api/query/funnels/list' }), ['id', 'name']],
  ];

  it('and none is left out', () => {
    expect(columns.map(([id]) => id)).toEqual(commands.map(({ id }) => id));
  });

  it.each(columns)('%s', async (id, parameters, first) => {
    const result = await rows(id, await parameters());
    expect(result.length).toBeGreaterThan(0);
    expect(Object.keys(result[0]!).slice(0, first.length)).toEqual(first);
    const declared = commands.find((each) => each.id === id)?.columns;
    expect(Object.keys(result[0]!).slice(0, declared?.length)).toEqual(declared);
  });
});

describe('what an app builder relies on', () => {
  it('one row a day, none missing, for every event asked for', async () => {
    const counts = await rows('GET_AGGREGATE_EVENT_COUNTS', {
      events: ['Signup', 'Page View'],
      ...LAST_WEEK,
    });
    expect(counts.map(({ date, event }) => [date, event])).toEqual(
      [7, 6, 5, 4, 3, 2, 1].flatMap((ago) => [
        [daysAgo(ago), 'Signup'],
        [daysAgo(ago), 'Page View'],
      ]),
    );
    expect(counts.every(({ count }) => typeof count === 'number')).toBe(true);
  });

  it('a filter joined with && keeps only what matches', async () => {
    const found = await rows('DOWNLOAD_DATA', {
      ...LAST_WEEK,
      where: 'properties["plan"] == "Premium" && properties["country"] == "US"',
    });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ plan, country }) => `${plan} ${country}`))).toEqual(new Set(['Premium US']));
  });

  it('what was tracked is seen by the next query', async () => {
    const event = 'Seen Again';
    await rows('TRACK_EVENTS', {
      trackedEvents: [
        { event, properties: { token: 'sandbox-token-1234567', distinct_id: 'reader', answer: 42 } },
      ],
    });
    const found = await rows('DOWNLOAD_DATA', {
      fromDate: daysAgo(1),
      toDate: daysAgo(0),
      events: [event],
      cacheSeconds: 0,
    });
    expect(found).toEqual([expect.objectContaining({ event, distinct_id: 'reader', answer: 42 })]);
  });

  it('wrong credentials say what to check', async () => {
    const result = await plugin.execute({
      datasource: { ...datasource, password: 'wrong' },
      command: 'GET_TOP_EVENTS',
    });
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'WRONG_CREDENTIALS' },
    });
    expect(JSON.stringify(result)).not.toContain('wrong');
  });

  it('the result states the quota, and a repeated query costs none', async () => {
    const first = await execute('GET_TOP_EVENTS', { limit: 3 });
    const again = await execute('GET_TOP_EVENTS', { limit: '3' });
    expect(success(again).body).toEqual(success(first).body);
    expect([first.meta.cache?.state, again.meta.cache?.state]).toEqual(['MISS', 'HIT']);
    expect(again.meta.cost).toBe(0);
  });
});
