import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Datasource } from '../src/command/datasource.js';
import type { LookupOption } from '../src/command/lookup.js';
import { createPlugin, type MixpanelPlugin } from '../src/plugin.js';
import type { LookupRequest } from '../src/query/lookups.js';
import { toUtcDay } from '../src/time/day.js';
import { failure, success } from './results.js';

const DATASOURCE: Datasource = {
  username: 'svc.user',
  password: 's3cret-pass',
  region: 'US',
  projectId: '1',
};
const ME = {
  status: 'ok',
  results: {
    organizations: {},
    workspaces: {},
    projects: { '1': { name: 'Shop', organization_id: 9 }, '2': { name: 'App', organization_id: 9 } },
  },
};
const UNKNOWN_ACCOUNT = { status: 'error', error: 'Invalid service account credentials' };

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

function mockMe(host: string, status: number, body: object) {
  return nock(host).get('/api/app/me').query({ include_workspace_users: 'false' }).reply(status, body);
}

describe('testing a datasource', () => {
  it('says which projects it can reach', async () => {
    mockMe('https://mixpanel.com', 200, ME);
    expect(await plugin.test(DATASOURCE)).toEqual({
      ok: true,
      message: 'Connected. The service account can reach App (2), Shop (1).',
      projects: [
        { id: '2', name: 'App' },
        { id: '1', name: 'Shop' },
      ],
    });
  });

  it('says when the default project is out of reach', async () => {
    mockMe('https://mixpanel.com', 200, ME);
    const { ok, message } = await plugin.test({ ...DATASOURCE, projectId: '3' });
    expect([ok, message]).toEqual([
      false,
      expect.stringMatching(/cannot reach the default project 3\. It can reach App \(2\), Shop \(1\)/),
    ]);
  });

  it('names the region in which the credentials work', async () => {
    mockMe('https://mixpanel.com', 401, UNKNOWN_ACCOUNT);
    mockMe('https://eu.mixpanel.com', 401, UNKNOWN_ACCOUNT);
    mockMe('https://in.mixpanel.com', 200, ME);
    expect(await plugin.test(DATASOURCE)).toMatchObject({
      ok: false,
      region: 'IN',
      message: expect.stringContaining("Change the datasource's region to IN"),
    });
  });

  it('says wrong credentials when no region knows them', async () => {
    for (const host of ['https://mixpanel.com', 'https://eu.mixpanel.com', 'https://in.mixpanel.com'])
      mockMe(host, 401, UNKNOWN_ACCOUNT);
    const { ok, message } = await plugin.test(DATASOURCE);
    expect([ok, message]).toEqual([false, expect.stringContaining('Invalid service account credentials')]);
    expect(message).not.toContain('s3cret-pass');
  });

  it('reports a wrong region to every failing query with one request', async () => {
    nock('https://mixpanel.com')
      .get('/api/query/events/names')
      .query(true)
      .times(2)
      .reply(401, UNKNOWN_ACCOUNT);
    mockMe('https://eu.mixpanel.com', 200, ME);
    const run = (limit: number) =>
      plugin.execute({ datasource: DATASOURCE, command: 'GET_TOP_EVENTS', parameters: { limit } });
    const [first, second] = [await run(1), await run(2)];
    expect(failure(first).code).toBe('WRONG_REGION');
    expect(failure(first).message).toContain("Change the datasource's region to EU");
    expect(failure(second).message).toBe(failure(first).message);
  });

  it('does not take a proxy’s login page for an account', async () => {
    nock('https://mixpanel.com').get('/api/app/me').query(true).reply(200, '<html>Log in</html>');
    expect(await plugin.test(DATASOURCE)).toMatchObject({
      ok: false,
      message: expect.stringContaining('does not describe an account'),
    });
  });

  it('says what is wrong with settings that are no text, without repeating them', async () => {
    const settings = { username: { a: 1 }, password: ['hunter2'], region: {}, projectId: [] };
    const { message } = await plugin.test(settings as never);
    expect(message.split('\n').slice(1)).toEqual([
      'Mixpanel Service Account Username: must be text.',
      'Mixpanel Service Account Password: must be text.',
      'Region: must be one of US, EU, IN.',
      'Default Project ID: must be a number, such as 1234567.',
    ]);
  });

  it('asks for what is missing before anything is sent', async () => {
    const { ok, message } = await plugin.test({ username: '', password: '' } as Datasource);
    expect(ok).toBe(false);
    expect(message).toMatch(
      /Service Account Username: is required[\s\S]*Service Account Password: is required/,
    );
  });
});

describe('filling dropdowns', () => {
  it('offers events, then the event’s properties, then the property’s values', async () => {
    const asked: string[] = [];
    const answer = (path: string, body: nock.Body) =>
      nock('https://mixpanel.com')
        .get(path)
        .query((query) => asked.push(`${path} ${query.event ?? ''} ${query.name ?? ''}`) > 0)
        .reply(200, body);
    mockMe('https://mixpanel.com', 200, ME);
    answer('/api/query/events/names', ['Signup']);
    answer('/api/query/events/properties/top', { plan: { count: 3 } });
    answer('/api/query/events/properties/values', ['Free', 'Premium']);
    const of = (field: string, parameters = {}) =>
      optionsOf({ datasource: DATASOURCE, command: 'GET_TOP_EVENT_PROPERTY_VALUES', field, parameters });

    expect(await of('event')).toEqual([{ label: 'Signup', value: 'Signup' }]);
    expect(await of('propertyName', { event: 'Signup' })).toEqual([{ label: 'plan', value: 'plan' }]);
    expect(
      await optionsOf({
        datasource: DATASOURCE,
        lookup: 'propertyValues',
        parameters: { event: 'Signup', propertyName: 'plan' },
      }),
    ).toEqual([
      { label: 'Free', value: 'Free' },
      { label: 'Premium', value: 'Premium' },
    ]);
    expect([...new Set(asked)]).toEqual([
      '/api/query/events/names  ',
      '/api/query/events/properties/top Signup ',
      '/api/query/events/properties/values Signup plan',
    ]);
  });

  it('offers cohorts, which stand in form data and have no field of their own', async () => {
    nock('https://mixpanel.com')
      .post('/api/query/cohorts/list')
      .query(true)
      .reply(200, [{ id: 1000, name: 'Premium', count: 3 }]);
    expect((await plugin.options({ datasource: DATASOURCE, lookup: 'cohorts' })).options).toEqual([
      { label: 'Premium (1000)', value: '1000' },
    ]);
  });

  it('asks Mixpanel once, however often a form is opened', async () => {
    nock('https://mixpanel.com').get('/api/query/events/names').query(true).once().reply(200, ['Signup']);
    const open = () =>
      plugin.options({ datasource: DATASOURCE, command: 'GET_TOP_EVENT_PROPERTIES', field: 'event' });
    const [first, again] = [await open(), await open()];
    expect(again.options).toEqual(first.options);
    expect([first.cost, again.cost]).toEqual([1, 0]);
  });

  it('takes from the form only what narrows the look-up: its type and dates are for another command', async () => {
    mockMe('https://mixpanel.com', 200, { results: { projects: { '7': { timezone: 'UTC' } } } });
    nock('https://mixpanel.com')
      .get('/api/query/events/names')
      .query({
        project_id: '7',
        type: 'general',
        limit: '5000',
        from_date: '2000-01-01',
        to_date: toUtcDay(Date.now()),
      })
      .reply(200, ['Signup']);
    const parameters = { projectId: '7', type: 'average', format: 'csv', limit: 'many', fromDate: 'never' };
    expect(
      await optionsOf({
        datasource: DATASOURCE,
        command: 'GET_AGGREGATE_EVENT_COUNTS',
        field: 'events',
        parameters,
      }),
    ).toEqual([{ label: 'Signup', value: 'Signup' }]);
  });

  it('offers projects and workspaces', async () => {
    mockMe('https://mixpanel.com', 200, {
      ...ME,
      results: { ...ME.results, workspaces: { '7': { name: 'Europe', project_id: 1 } } },
    });
    const of = (field: string) => optionsOf({ datasource: DATASOURCE, command: 'GET_TOP_EVENTS', field });
    expect(await of('projectId')).toEqual([
      { label: 'App (2)', value: '2' },
      { label: 'Shop (1)', value: '1' },
    ]);
    expect(await of('workspaceId')).toEqual([{ label: 'Europe (7)', value: '7' }]);
    const other = {
      datasource: { ...DATASOURCE, projectId: '2' },
      command: 'GET_TOP_EVENTS',
      field: 'workspaceId',
    };
    expect((await plugin.options(other)).options).toEqual([]);
    expect(
      (await plugin.options({ datasource: DATASOURCE, command: '', field: 'projectId' })).options,
    ).toHaveLength(2);
  });

  it('costs nothing when the App API answers, even beside a running query', async () => {
    mockMe('https://mixpanel.com', 200, ME);
    nock('https://mixpanel.com').get('/api/query/events/names').query(true).reply(200, ['Signup']);
    const [lookup] = await Promise.all([
      plugin.options({ datasource: DATASOURCE, command: 'GET_TOP_EVENTS', field: 'projectId' }),
      plugin.execute({ datasource: DATASOURCE, command: 'GET_TOP_EVENTS', parameters: { limit: 7 } }),
    ]);
    expect(lookup.cost).toBe(0);
  });

  it('has nothing to offer for a field without a look-up', async () => {
    expect(await optionsOf({ datasource: DATASOURCE, command: 'GET_TOP_EVENTS', field: 'limit' })).toEqual(
      [],
    );
  });
});

describe('answers that differ from what was asked', () => {
  const counts = { events: ['Signup'], fromDate: '2025-10-01', toDate: '2025-10-02' };
  const series = {
    data: { series: ['2025-10-01'], values: { Signup: { '2025-10-01': 4 } } },
    legend_size: 1,
  };
  const execute = (parameters: object) =>
    plugin.execute({
      datasource: DATASOURCE,
      command: 'GET_AGGREGATE_EVENT_COUNTS',
      parameters: { ...counts, ...parameters },
    });
  const mockEvents = (query: object, body: nock.Body, type = 'application/json') =>
    nock('https://mixpanel.com')
      .get('/api/query/events')
      .query((sent) => Object.entries(query).every(([key, value]) => sent[key] === value))
      .reply(200, body, { 'Content-Type': type });

  it('CSV from Mixpanel is handed on as it came', async () => {
    mockEvents({ format: 'csv' }, 'date,event,count\n2025-10-01,Signup,4\n', 'text/csv');
    expect(await execute({ format: 'csv' })).toMatchObject({
      ok: true,
      body: 'date,event,count\n2025-10-01,Signup,4\n',
    });
  });

  it('JSON although CSV was asked becomes CSV here', async () => {
    mockEvents({ format: 'csv' }, series);
    expect(success(await execute({ format: 'csv' })).body).toBe('date,event,count\n2025-10-01,Signup,4\n');
  });

  it('CSV is made here for a command whose API has none', async () => {
    nock('https://mixpanel.com').get('/api/query/events/names').query(true).reply(200, ['a,b', 'c"d']);
    const result = await plugin.execute({
      datasource: DATASOURCE,
      command: 'GET_TOP_EVENTS',
      parameters: { format: 'csv' },
    });
    expect(success(result).body).toBe('event,rank\n"a,b",1\n"c""d",2\n');
  });

  it('raw is Mixpanel’s answer untouched', async () => {
    mockEvents({}, series);
    expect(success(await execute({ response: 'raw' })).body).toEqual(series);
  });

  it.each([
    ['a web page', '<html>Log in</html>', 'text/html'],
    ['JSON of another shape', { ok: true }, 'application/json'],
    ['nothing', '', 'application/json'],
  ])('%s is an error, not an empty table', async (_, body, type) => {
    mockEvents({}, body as nock.Body, type);
    const result = await execute({});
    expect(failure(result).code).toBe('UNEXPECTED_ANSWER');
  });

  it('a mistake in the form sends nothing and points at its fields', async () => {
    const result = await execute({ unit: 'year', fromDate: 'x' });
    const { code, issues } = failure(result);
    expect(code).toBe('INVALID_INPUT');
    expect(issues?.map(({ field }) => field)).toEqual(['unit', 'fromDate']);
    expect(nock.pendingMocks()).toEqual([]);
  });

  it('an unknown command lists the known ones', async () => {
    const result = await plugin.execute({ datasource: DATASOURCE, command: 'GET_EVERYTHING' });
    expect(failure(result).message).toMatch(
      /There is no command "GET_EVERYTHING"\. Choose one of GET_PROJECTS,/,
    );
  });

  it.each([undefined, {}, 7, ''])('%j for a command is none, and said to be none', async (command) => {
    const result = await plugin.execute({ datasource: DATASOURCE, command: command as never });
    expect(failure(result).message).toMatch(/^No command is selected\. Choose one of GET_PROJECTS,/);
  });

  it('a command of a megabyte is not repeated whole', async () => {
    const result = await plugin.execute({ datasource: DATASOURCE, command: 'x'.repeat(1_000_000) });
    expect(failure(result).message).toMatch(/^There is no command "x{60}"\. Choose/);
  });

  it('a quota that others have used up says when to come back', async () => {
    const own = createPlugin({ quota: { shared: false } });
    const body = {
      error:
        'Query rate limit exceeded for project_id: 1. This request exceeded the rate limit (61/60 queries running in the last hour).',
    };
    nock('https://mixpanel.com')
      .get('/api/query/events/names')
      .query(true)
      .reply(429, body, { RateLimit: '"project";r=0;t=3600' });
    const result = await own.execute({
      datasource: DATASOURCE,
      command: 'GET_TOP_EVENTS',
      parameters: { cacheSeconds: 0 },
    });
    await own.close();
    const { code, message, retryAt } = failure(result);
    expect(code).toBe('RATE_LIMITED_HOURLY');
    expect(message).toContain('61/60 queries');
    expect(retryAt).toBeGreaterThan(Date.now());
  });
});

async function optionsOf(request: LookupRequest): Promise<LookupOption[]> {
  return (await plugin.options(request)).options;
}

describe('what a caller sets beside the form is checked like it', () => {
  const query = { datasource: DATASOURCE, command: 'GET_TODAYS_TOP_EVENTS' };
  const throwing = {
    get password(): string {
      throw new Error('s3cret');
    },
  };

  it.each<[string, unknown, RegExp]>([
    ['BigInt', 10n, /timeoutMs: must be a number of milliseconds, such as 60000, not a bigint\./],
    ['a symbol', Symbol('x'), /not a symbol\./],
    ['an object', { valueOf: () => 1 }, /not an object\./],
    ['a text', '5000', /not a string\./],
    ['NaN', Number.NaN, /not NaN\./],
    ['null', null, /not null\./],
  ])('timeoutMs as %s', async (_, timeoutMs, message) => {
    expect(failure(await plugin.execute({ ...query, timeoutMs: timeoutMs as number }))).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(message),
    });
  });

  it('a signal that is none', async () => {
    expect(failure(await plugin.execute({ ...query, signal: {} as AbortSignal }))).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/signal: must be an AbortSignal, not an object/),
    });
  });

  it.each<[string, unknown]>([
    ['a getter that throws', throwing],
    ['a symbol', { ...DATASOURCE, password: Symbol('x') }],
    ['a long text', { ...DATASOURCE, password: 'x'.repeat(1025) }],
    ['nothing at all', undefined],
  ])('a datasource with %s for its password', async (_, datasource) => {
    const error = failure(await plugin.execute({ ...query, datasource: datasource as Datasource }));
    expect(error.code).toBe('INVALID_DATASOURCE');
    expect(error.message).toContain('Password');
    expect(error.message).not.toContain('s3cret');
  });

  it('a look-up whose form has a getter that throws', async () => {
    const parameters = {
      get event() {
        throw new Error('s3cret');
      },
    };
    const request = {
      datasource: DATASOURCE,
      command: 'GET_TOP_EVENT_PROPERTY_VALUES',
      field: 'propertyName',
      parameters,
    };
    await expect(plugin.options(request)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/cannot be read/),
    });
  });
});
