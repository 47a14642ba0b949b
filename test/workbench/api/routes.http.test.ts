import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../../src/plugin.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createWorkbench } from '../../../src/workbench/api/app.js';
import { redactSecrets } from '../../../src/workbench/redaction.js';
import type { RunResponse, StartResponse } from '../../../src/workbench/wire.js';
import { daysAgo, today } from '../../days.js';

const HOST = 'localhost:8090';
const PASSWORD = 'sandbox';

let sandbox: Sandbox;
let plugin: MixpanelPlugin;

beforeAll(async () => {
  sandbox = await startSandbox({ events: 2_000, users: 50 });
  plugin = createPlugin({ hosts: sandbox.hosts });
});
afterAll(async () => {
  await plugin.close();
  await sandbox.close();
});

const account = () => ({
  username: 'analyst.demo.mp-service-account',
  password: PASSWORD,
  projectId: '1234567',
});

/** A browser with the page open: its cookie, and calls as the page makes them. */
async function openPage(app = createWorkbench({ plugin })) {
  const start = await app.request('/workbench/api/start', { headers: { host: HOST } });
  const cookie = start.headers.get('set-cookie') ?? '';
  const call = (path: string, body?: unknown, headers: Record<string, string> = {}, method = 'POST') =>
    app.request(`/workbench/api/${path}`, {
      method,
      headers: {
        host: HOST,
        origin: `http://${HOST}`,
        cookie: cookie.split(';')[0] ?? '',
        'content-type': 'application/json',
        'x-workbench': '1',
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const connect = async () => ((await (await call('datasources', account())).json()) as { id: string }).id;
  return { app, start, cookie, call, connect };
}

describe('credentials', () => {
  test('never come back to the page', async () => {
    const { call, connect } = await openPage();
    const connectionId = await connect();
    const query = { connectionId, command: 'GET_TOP_EVENTS', parameters: { limit: '3' } };
    const answers = await Promise.all([
      call('datasources', account()),
      call(`datasources/${connectionId}/test`, {}),
      call(`datasources/${connectionId}`, { projectId: '2345678' }, {}, 'PATCH'),
      call('run', query),
      call('stream', { ...query, command: 'DOWNLOAD_DATA', parameters: DAYS }),
      call('snippets', query),
      call('quota', { connectionId }),
      call('run', { ...query, command: 'NO_SUCH_COMMAND' }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBeLessThan(300);
      expect(await answer.text()).not.toContain(`"${PASSWORD}"`);
    }
  });

  test('are kept by a cookie no script and no other site can use', async () => {
    const { cookie } = await openPage();
    expect(cookie).toMatch(/^mixpanel-workbench=[\w-]{43}; /);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
  });

  test('are of no use to another session', async () => {
    const app = createWorkbench({ plugin });
    const owner = await openPage(app);
    const stranger = await openPage(app);
    const connectionId = await owner.connect();
    const query = { connectionId, command: 'GET_TOP_EVENTS', parameters: {} };
    expect((await owner.call('run', query)).status).toBe(200);
    const refused = await stranger.call('run', query);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual({ error: expect.stringContaining('no longer connected') });
  });

  test('are gone once forgotten', async () => {
    const { call, connect } = await openPage();
    const connectionId = await connect();
    expect((await call(`datasources/${connectionId}`, undefined, {}, 'DELETE')).status).toBe(204);
    expect((await call(`datasources/${connectionId}/test`, {})).status).toBe(422);
  });

  test('can be changed without the password, which stays', async () => {
    const { call, connect } = await openPage();
    const id = await connect();
    const change = { name: ' Shop ', region: 'US', projectId: '1234567', password: '' };
    const changed = await call(`datasources/${id}`, change, {}, 'PATCH');
    expect(await changed.json()).toMatchObject({ id, name: 'Shop', projectId: '1234567' });
    expect(await (await call(`datasources/${id}/test`, {})).json()).toMatchObject({ ok: true });
    expect(await (await call(`datasources/${id}/test`, { password: 'another' })).json()).toMatchObject({
      ok: false,
    });
    const refused = await call(`datasources/${id}`, { username: ' ', projectId: 'shop' }, {}, 'PATCH');
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      issues: [
        { field: 'username', message: 'is required.' },
        { field: 'projectId', message: expect.stringContaining('must be a number') },
      ],
    });
  });

  test('that cannot be right are refused with a sentence that does not repeat them', async () => {
    const { call } = await openPage();
    const answer = await call('datasources', { username: '', password: 'hush-hush' });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('Mixpanel Service Account Username: is required.');
    expect(text).not.toContain('hush-hush');
  });
});

const DAYS = { fromDate: '2026-01-01', toDate: '2026-01-02' };

describe('a foreign page', () => {
  const QUERY = { connectionId: 'x', command: 'GET_TOP_EVENTS', parameters: {} };

  test.each([
    ['from another origin', { origin: 'https://evil.example' }],
    ['from another port of the same host', { origin: 'http://localhost:3000' }],
    ['without the origin of a page', { origin: 'null' }],
    ['that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['under a name that was rebound to this server', { host: 'evil.example', origin: 'http://evil.example' }],
  ])('is refused: %s', async (_, headers) => {
    const { call } = await openPage();
    const answer = await call('run', QUERY, headers);
    expect(answer.status).toBe(403);
  });

  test('cannot post a form: the header only our page sets is missing', async () => {
    const { app, cookie } = await openPage();
    const answer = await app.request('/workbench/api/run', {
      method: 'POST',
      headers: { host: HOST, cookie, 'content-type': 'text/plain' },
      body: JSON.stringify(QUERY),
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ error: expect.stringContaining('x-workbench') });
  });

  test('is let in under a name the operator allows', async () => {
    const app = createWorkbench({ plugin, allowedHosts: ['mixpanel.internal'] });
    const headers = { host: 'mixpanel.internal:8090' };
    expect((await app.request('/workbench/api/start', { headers })).status).toBe(200);
  });

  test('gets nothing without a session', async () => {
    const { app } = await openPage();
    const headers = { host: HOST, 'x-workbench': '1' };
    const answer = await app.request('/workbench/api/quota', { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(401);
  });
});

describe('the query elsewhere', () => {
  async function snippets(command: string, parameters: Record<string, unknown>) {
    const { call, connect } = await openPage();
    const answer = await call('snippets', { connectionId: await connect(), command, parameters });
    return (await answer.json()) as { curl?: string; typescript: string; problem?: string };
  }

  test('is a cURL command whose quoting a shell reads correctly', async () => {
    const { curl } = await snippets('QUERY_PROFILES', {
      formData: `{"where": "properties[\\"name\\"] == \\"O'Hara\\""}`,
    });
    expect(curl).toBe(
      [
        "curl --compressed -X POST 'https://mixpanel.com/api/query/engage?project_id=1234567' \\",
        '  -u "$MIXPANEL_USERNAME:$MIXPANEL_PASSWORD" \\',
        `  --data-urlencode 'where=properties["name"] == "O'\\''Hara"'`,
      ].join('\n'),
    );
  });

  test('shows no project token', async () => {
    const { curl, typescript } = await snippets('TRACK_EVENTS', {
      trackedEvents: '[{"event": "A", "properties": {"token": "abc123secret"}}]',
    });
    expect(curl).toContain('YOUR_TOKEN');
    expect(`${curl}${typescript}`).not.toContain('abc123secret');
  });

  test.each([
    ['{"$token": "abc123secret", "n": 1}', '{"$token": "YOUR_TOKEN", "n": 1}'],
    ['{"Authorization": "Bearer abc123secret"}', '{"Authorization": "YOUR_AUTHORIZATION"}'],
    ['/track?verbose=1&api_key=abc123secret&ip=1', '/track?verbose=1&api_key=YOUR_API_KEY&ip=1'],
    ['{"token_count": "12", "event": "token"}', '{"token_count": "12", "event": "token"}'],
  ])('and a link of %s hold no secret', (text, shown) => {
    expect(redactSecrets({ body: text })).toEqual({ body: shown });
  });

  test('has relative dates as they were written in TypeScript, and as days in cURL', async () => {
    const { curl, typescript } = await snippets('GET_AGGREGATE_EVENT_COUNTS', {
      events: '["Signup"]',
      fromDate: '-7d',
      toDate: 'today',
    });
    expect(typescript).toContain('"fromDate": "-7d"');
    // The sandbox's project is in UTC.
    expect(curl).toContain(`from_date=${daysAgo(7)}&to_date=${today()}`);
  });

  test('is TypeScript even before it is right, with the reason why there is no cURL', async () => {
    const { curl, typescript, problem } = await snippets('GET_TOP_EVENT_PROPERTIES', {});
    expect(curl).toBeUndefined();
    expect(typescript).toContain('command: "GET_TOP_EVENT_PROPERTIES"');
    expect(problem).toContain('Event: is required.');
  });
});

test('a run says what it cost: nothing for projects, invalid input and cached results', async () => {
  const { call, connect } = await openPage();
  const connectionId = await connect();
  const cost = async (command: string, parameters: Record<string, unknown> = {}) =>
    ((await (await call('run', { connectionId, command, parameters })).json()) as RunResponse).result.meta
      .cost;
  expect(await cost('GET_PROJECTS')).toBe(0);
  expect(await cost('GET_TOP_EVENTS', { limit: '11' })).toBe(1);
  expect(await cost('GET_TOP_EVENTS', { limit: '11' })).toBe(0);
  expect(await cost('GET_TOP_EVENTS', { limit: 'many' })).toBe(0);
});

test('a mistake comes with its field', async () => {
  const { call, connect } = await openPage();
  const answer = await call('run', {
    connectionId: await connect(),
    command: 'GET_TOP_EVENTS',
    parameters: { limit: 'many', projectId: 'shop' },
  });
  const { result } = (await answer.json()) as RunResponse;
  expect(result).toMatchObject({
    ok: false,
    error: { code: 'INVALID_INPUT', issues: [{ field: 'projectId' }, { field: 'limit' }] },
  });
});

describe('the first query', () => {
  test('is of days that have begun in the sandbox, wherever the process is', async () => {
    const day = today();
    onTestFinished(() => {
      vi.useRealTimers();
      vi.unstubAllEnvs();
    });
    vi.stubEnv('TZ', 'Pacific/Kiritimati');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(`${day}T20:00:00Z`) });
    expect(new Date().getDate()).not.toBe(new Date().getUTCDate());

    const app = createWorkbench({ plugin, sandbox: { datasource: account(), hosts: sandbox.hosts } });
    const { opening } = (await (await openPage(app)).start.json()) as StartResponse;
    expect(opening.answer?.sent?.query).toMatchObject({ to_date: day });
    expect(opening.answer?.result).toMatchObject({ ok: true, meta: { dates: { to: day, timezone: 'UTC' } } });
  });
});

test('each command whose rows can be streamed can be saved to a file', async () => {
  const { start } = await openPage();
  const { streamable } = (await start.json()) as StartResponse;
  expect(streamable).toEqual(['DOWNLOAD_DATA', 'QUERY_PROFILES', 'GET_PROFILE_EVENT_ACTIVITY']);
});
