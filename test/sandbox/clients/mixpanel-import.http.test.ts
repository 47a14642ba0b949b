import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOW, type SandboxClient, startSandboxClient } from '../sandbox-client.js';

// The bulk tool of Mixpanel's staff against the sandbox. Its addresses are fixed, so each is led to the sandbox.

const require = createRequire(import.meta.url);
const { prototype: jobPrototype } = require('mixpanel-import/components/job.js') as { prototype: object };
const jobUrl = Object.getOwnPropertyDescriptor(jobPrototype, 'url')!;
const runImport = require('mixpanel-import') as (
  credentials: object,
  data: unknown,
  options: object,
) => Promise<{ success: number; failed: number; errors: object; requests: number; dryRun: unknown[] }>;

const folder = mkdtempSync(join(tmpdir(), 'mixpanel-import-'));

let client: SandboxClient;
let calls = 0;
beforeAll(async () => {
  client = await startSandboxClient({ users: 2_000 });
  Object.defineProperty(jobPrototype, 'url', {
    ...jobUrl,
    get() {
      return (jobUrl.get!.call(this) as string).replace(/^https:\/\/[^/]+/, client.sandbox.url);
    },
  });
});
afterAll(async () => {
  console.log(`mixpanel-import: ${calls} calls`);
  Object.defineProperty(jobPrototype, 'url', jobUrl);
  await client.close();
  rmSync(folder, { recursive: true });
});

async function run(recordType: string, data: unknown, options: object = {}) {
  const { accounts, projects } = client.sandbox;
  const [account] = accounts;
  const [project] = projects;
  const credentials = {
    acct: account!.username,
    pass: account!.password,
    project: project!.id,
    token: project!.token,
    groupKey: 'company',
  };
  const result = await runImport(credentials, data, {
    recordType,
    transport: 'got',
    logs: false,
    verbose: false,
    showProgress: false,
    abridged: true,
    skipWriteToDisk: true,
    // It makes a file all the same.
    where: folder,
    ...options,
  });
  calls += result.requests;
  return result;
}

test('imports events in compressed strict batches', async () => {
  const events = Array.from({ length: 2_500 }, (_, index) => ({
    event: 'Bulk Imported',
    properties: { time: NOW - index * 1000, distinct_id: `u${index % 9}`, $insert_id: `bulk-${index}` },
  }));
  expect(await run('event', events, { compress: true, recordsPerBatch: 1_000 })).toMatchObject({
    success: 2_500,
    failed: 0,
    errors: {},
  });
  const { body } = await client.get<{ data: { values: Record<string, Record<string, number>> } }>(
    '/api/query/events',
    {
      event: ['Bulk Imported'],
      type: 'general',
      unit: 'day',
      from_date: '2026-11-24',
      to_date: '2026-11-24',
    },
  );
  expect(body.data.values['Bulk Imported']).toEqual({ '2026-11-24': 2_500 });
});

test('reads how many events strict validation refuses', async () => {
  const event = (insertId: string) => ({
    event: 'Half Wrong',
    properties: { time: NOW, distinct_id: 'u1', $insert_id: insertId },
  });
  expect(await run('event', [event('ok-1'), event('a b')])).toMatchObject({ success: 1, failed: 1 });
});

test('imports user and group profiles', async () => {
  const profiles = (id: string) =>
    Array.from({ length: 30 }, (_, index) => ({ [id]: `bulk ${index}`, $set: { plan: 'Bulk', index } }));
  expect(await run('user', profiles('$distinct_id'), { fixData: true })).toMatchObject({
    success: 30,
    failed: 0,
  });
  const { body } = await client.post<{ total: number }>('/api/query/engage', {
    form: { where: 'properties["plan"] == "Bulk"' },
  });
  expect(body.total).toBe(30);
  const groups = await run('group', profiles('$group_id'), { fixData: true });
  expect(groups).toMatchObject({ success: 30, failed: 0 });
});

test('exports every event of a day', async () => {
  const day = { start: '2026-11-20', end: '2026-11-20' };
  const { success, dryRun } = await run('export', null, day);
  const { text } = await client.get<string>('/api/2.0/export', { from_date: day.start, to_date: day.end });
  expect(success).toBe(text.trimEnd().split('\n').length);
  expect(dryRun).toHaveLength(success);
});

test('exports all profiles over several pages', async () => {
  // Its own count adds the first page twice, so the profiles are counted.
  const { dryRun, requests } = await run('profile-export', null);
  const { body } = await client.post<{ total: number }>('/api/query/engage');
  expect(dryRun).toHaveLength(body.total);
  expect(requests).toBe(2);
});
