import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoggedRequest } from '../../../src/sandbox/control/request-log.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.js';
import { toUtcDay } from '../../../src/time/day.js';
import { HOUR_MS, SECOND_MS } from '../../../src/time/durations.js';
import { today } from '../../days.js';
import { basicAuth } from '../requests.js';

const SHOP = '1234567';
const NAMES = `/api/query/events/names?project_id=${SHOP}&type=general`;
const TODAY = today();
const EXPORT = `/api/2.0/export?project_id=${SHOP}&from_date=${TODAY}&to_date=${TODAY}`;

let sandbox: Sandbox;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-wire-'));
  await start();
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

describe('the quota', () => {
  it('is used up by 60 calls an hour of all accounts together, and the 61st gets 429', async () => {
    await callControl('POST', 'quota', { project: SHOP, used: 58 });
    expect((await get(NAMES)).status).toBe(200);
    expect((await get(NAMES, 'analyst')).status).toBe(200);
    const refused = await get(NAMES);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect(refused.headers.get('ratelimit')).toBe('"project";r=0;t=3600, "project-concurrency";r=5');
    expect(refused.text).toContain('(61/60 queries running in the last hour)');
    await callControl('POST', 'clock', { advanceMs: HOUR_MS + 1000 });
    expect((await get(NAMES)).status).toBe(200);
  });

  it('holds five places until the answers have left', async () => {
    await fault({ path: '/api/query/events/names', kind: 'slow-first-byte', ms: HOUR_MS, times: 5 });
    const leaving = new AbortController();
    const held = await Promise.all(
      Array.from({ length: 5 }, () =>
        fetch(sandbox.url + NAMES, { ...authOptions('sandbox'), signal: leaving.signal }),
      ),
    );
    expect(held.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const refused = await get(NAMES);
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('(6/5 queries running concurrently)');
    leaving.abort();
    await expect.poll(async () => (await readQuota()).running).toBe(0);
    expect((await get(NAMES)).status).toBe(200);
  });

  it('is not charged for 400 of wrong credentials, 402, 403, 404 of a path and 429, but for a query that fails', async () => {
    await get(NAMES, 'expired');
    await get(NAMES, 'free');
    await get('/api/query/events/names?project_id=2345678&type=general', 'analyst');
    await get('/api/query/nowhere');
    await fault({ path: '/api/query/events/names', kind: 'load-shed' });
    expect((await get(NAMES)).status).toBe(429);
    expect((await readQuota()).used).toBe(0);
    await fault({ path: '/api/query/events/names', kind: 'status', status: 500 });
    expect((await get(NAMES)).status).toBe(500);
    expect((await get(`/api/query/events/names?project_id=${SHOP}&type=nonsense`)).status).toBe(400);
    expect((await readQuota()).used).toBe(2);
  });

  it('gives pages of profiles after the first away for nothing', async () => {
    const path = `/api/query/engage?project_id=${SHOP}`;
    const first = JSON.parse((await post(path, 'page=0')).text);
    const second = JSON.parse((await post(path, `page=1&session_id=${first.session_id}`)).text);
    expect(second.page).toBe(1);
    expect((await readQuota()).used).toBe(1);
  });

  it('can be switched off', async () => {
    await start({ quotas: false });
    await callControl('POST', 'quota', { project: SHOP, used: 60 });
    expect((await get(NAMES)).status).toBe(200);
  });
});

describe('the log', () => {
  it('has method, path, parameters, account, project and status, and no secret', async () => {
    await get(NAMES);
    await get('/api/app/me', 'expired');
    await post(`/api/query/engage?project_id=${SHOP}`, 'page=0', 'analyst');
    const requests = await readRequestLog();
    expect(requests).toMatchObject([
      {
        method: 'GET',
        path: '/api/query/events/names',
        params: { project_id: SHOP, type: 'general' },
        account: 'sandbox.demo.mp-service-account',
        project: SHOP,
        status: 200,
        charged: true,
        complete: true,
      },
      { path: '/api/app/me', status: 401, charged: false },
      {
        method: 'POST',
        path: '/api/query/engage',
        params: { page: '0' },
        account: 'analyst.demo.mp-service-account',
      },
    ]);
    expect(JSON.stringify(requests)).not.toMatch(/Basic|"sandbox"|authorization/i);
  });

  it('knows a path that Mixpanel does not, and one whose caller left', async () => {
    await get('/api/query/jql');
    await fault({ path: '/api/query/events/names', kind: 'latency', ms: HOUR_MS });
    await expect(
      fetch(sandbox.url + NAMES, { ...authOptions('sandbox'), signal: AbortSignal.timeout(50) }),
    ).rejects.toThrow();
    expect(await readRequestLog()).toMatchObject([
      { path: '/api/query/jql', status: 404 },
      { path: '/api/query/events/names', fault: 'latency', complete: false },
    ]);
  });
});

describe('what is written', () => {
  const track = (event: string) =>
    post(
      '/track?verbose=1',
      JSON.stringify([{ event, properties: { token: getToken(), distinct_id: 'u1' } }]),
    );

  it('is seen by the next export and the next query', async () => {
    expect((await track('Written')).text).toBe('{"error":null,"status":1}');
    const { text } = await get(`${EXPORT}&event=["Written"]`);
    const { event, properties } = JSON.parse(text);
    expect(event).toBe('Written');
    expect(properties).toMatchObject({ distinct_id: 'u1', time: expect.any(Number) });
    expect(properties).not.toHaveProperty('token');
    expect(JSON.parse((await get(`${NAMES}&limit=1000`)).text)).toContain('Written');
  });

  it('is there again after a restart with the same state file', async () => {
    const stateFile = join(folder, 'state.ndjson');
    await start({ stateFile });
    await track('Kept');
    const update = { $token: getToken(), $distinct_id: 'new-user', $set: { plan: 'Premium' } };
    expect((await post('/engage', `data=${encodeURIComponent(JSON.stringify(update))}`)).text).toBe('1');
    await start({ stateFile });
    expect((await get(`${EXPORT}&event=["Kept"]`)).text).toContain('"Kept"');
    const found = JSON.parse(
      (await post(`/api/query/engage?project_id=${SHOP}`, 'distinct_id=new-user')).text,
    );
    expect(found.results).toMatchObject([{ $distinct_id: 'new-user', $properties: { plan: 'Premium' } }]);
    await start();
    expect((await get(`${EXPORT}&event=["Kept"]`)).text).toBe('');
  });

  it('by /import, zipped, a line each, is counted and kept once however often it is sent', async () => {
    const at = Math.floor(Date.now() / 1000) - 60;
    const line = JSON.stringify({
      event: 'Imported',
      properties: { time: at, distinct_id: 'u1', $insert_id: 'i-1' },
    });
    const send = () =>
      fetch(`${sandbox.url}/import?strict=1&project_id=${SHOP}`, {
        method: 'POST',
        headers: {
          ...authOptions('sandbox').headers,
          'content-type': 'application/x-ndjson',
          'content-encoding': 'gzip',
        },
        body: gzipSync(`${line}\n`),
      });
    for (let time = 0; time < 2; time += 1) {
      expect(await (await send()).json()).toEqual({ code: 200, num_records_imported: 1, status: 'OK' });
    }
    const day = toUtcDay(at * SECOND_MS);
    const counts = await get(
      `/api/query/events?project_id=${SHOP}&event=["Imported"]&type=general&unit=day&from_date=${day}&to_date=${day}`,
    );
    expect(JSON.parse(counts.text).data.values.Imported).toEqual({ [day]: 1 });
  });
});

it('events of one’s own take the place of the first project’s', async () => {
  const dataFile = join(folder, 'events.ndjson');
  const at = Math.floor(Date.now() / 1000) - 5;
  const record = {
    event: 'Mine',
    properties: { time: at, distinct_id: 'me', $insert_id: 'i1', note: 'a\u2028b' },
  };
  writeFileSync(dataFile, `${JSON.stringify(record)}\n`);
  await start({ dataFile });
  const day = toUtcDay(at * SECOND_MS);
  const { text } = await get(`/api/2.0/export?project_id=${SHOP}&from_date=2020-01-01&to_date=${day}`);
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([record]);
});

it('a sandbox for one region knows that region’s accounts only', async () => {
  await start({ regionMode: 'EU' });
  expect((await get('/api/app/me', 'sandbox')).status).toBe(401);
  expect((await get('/api/app/me', 'sandbox-eu')).status).toBe(200);
});

it('the page at / shows projects, accounts, events and requests', async () => {
  await get(NAMES);
  const response = await fetch(sandbox.url);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await response.text();
  for (const text of [
    SHOP,
    getToken(),
    'sandbox.demo.mp-service-account',
    '59 of 60',
    '/api/query/events/names',
  ]) {
    expect(page).toContain(text);
  }
});

it('the control API answers beside Mixpanel’s paths, and is in no log', async () => {
  expect(await callControl('GET', 'health')).toMatchObject({
    status: 'ok',
    projects: expect.arrayContaining([SHOP]),
  });
  expect(await readRequestLog()).toEqual([]);
  const foreign = await fetch(`${sandbox.url}/_sandbox/requests`, {
    method: 'DELETE',
    headers: { origin: 'https://example.com' },
  });
  expect(foreign.status).toBe(403);
});

it('an answer under way ends when the sandbox is closed', async () => {
  await fault({ path: '/api/query/events/names', kind: 'latency', ms: HOUR_MS });
  const call = fetch(sandbox.url + NAMES, authOptions('sandbox')).then(
    () => 'answered',
    () => 'cut',
  );
  await expect.poll(async () => (await readRequestLog()).length).toBe(1);
  await sandbox.close();
  expect(await call).toBe('cut');
  await start();
});

async function start(options: SandboxOptions = {}): Promise<void> {
  await sandbox?.close().catch(() => undefined);
  sandbox = await startSandbox({ events: 2_000, users: 100, quotas: true, ...options });
}

function authOptions(name: string) {
  return { headers: { authorization: basicAuth(`${name}.demo.mp-service-account`, 'sandbox') } };
}

async function get(path: string, name = 'sandbox') {
  return read(await fetch(sandbox.url + path, authOptions(name)));
}

async function post(path: string, body: string, name = 'sandbox') {
  return read(await fetch(sandbox.url + path, { method: 'POST', ...authOptions(name), body }));
}

async function read(response: Response) {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function getToken(): string {
  return sandbox.projects.find(({ id }) => id === SHOP)?.token ?? '';
}

async function callControl(method: string, name: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.url}/_sandbox/${name}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const responseBody = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(JSON.stringify(responseBody));
  return responseBody;
}

async function fault(given: Record<string, unknown>): Promise<void> {
  await callControl('POST', 'faults', given);
}

async function readRequestLog(): Promise<LoggedRequest[]> {
  return (await callControl('GET', 'requests')).requests as LoggedRequest[];
}

async function readQuota(): Promise<{ used: number; running: number }> {
  const { projects } = await callControl('GET', 'quota');
  return (projects as Record<string, { query: { used: number; running: number } }>)[SHOP]!.query;
}
