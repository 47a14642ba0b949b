import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/index.js';
import { NOW, startSandboxClient } from './sandbox-client.js';

const TODAY = { from_date: '2026-11-24', to_date: '2026-11-24' };
const SMALL: SandboxOptions = { events: 1_000, users: 50, days: 5 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('what was written is there again after a restart with the same state file', async () => {
  const stateFile = join(folder, 'state.ndjson');
  const first = await startSandboxClient({ ...SMALL, stateFile });
  const properties = { token: 'sandbox-token-1234567', distinct_id: 'u', time: NOW / 1000, shade: '\u2028' };
  await first.post('/track', { json: [{ event: 'Kept', properties }] });
  await first.post('/engage', {
    json: [{ $token: properties.token, $distinct_id: 'u', $set: { plan: 'Gold' } }],
  });
  const before = await first.get<string>('/api/2.0/export', { ...TODAY, event: ['Kept'] });
  await first.close();

  const second = await startSandboxClient({ ...SMALL, stateFile });
  const after = await second.get<string>('/api/2.0/export', { ...TODAY, event: ['Kept'] });
  const { body } = await second.post('/api/query/engage', { form: { distinct_id: 'u' } });
  await second.close();
  expect(before.text).toContain('"Kept"');
  expect(after.text).toBe(before.text);
  expect(body).toMatchObject({ results: [{ $distinct_id: 'u', $properties: { plan: 'Gold' } }] });
});

it("events of one's own take the place of the first project's", async () => {
  const dataFile = join(folder, 'own.ndjson');
  const own = {
    event: 'Mine',
    properties: { time: Date.UTC(2026, 10, 24, 9) / 1000, distinct_id: 'me', $insert_id: 'a' },
  };
  await writeFile(dataFile, `${JSON.stringify(own)}\n`);
  const client = await startSandboxClient({ ...SMALL, dataFile });
  const mine = await client.get<string>('/api/2.0/export', TODAY);
  const others = await client.get<string>('/api/2.0/export', { ...TODAY, project_id: '2345678' });
  await client.close();
  expect(JSON.parse(mine.text)).toEqual(own);
  expect(others.text).toContain('"Page View"');
});

it('the same seed gives the same data, another seed other data', async () => {
  const exports: string[] = [];
  for (const seed of [1, 1, 2]) {
    const client = await startSandboxClient({ ...SMALL, seed });
    exports.push((await client.get<string>('/api/2.0/export', TODAY)).text);
    await client.close();
  }
  expect(exports[1]).toBe(exports[0]);
  expect(exports[2]).not.toBe(exports[0]);
});

it('a size that is none is refused with a sentence', async () => {
  await expect(startSandboxClient({ days: 0 })).rejects.toThrow(
    'The sandbox cannot have 0 days: it needs at least 1.',
  );
});

it('closes once, however often it is asked to', async () => {
  const client = await startSandboxClient(SMALL);
  await Promise.all([client.close(), client.close()]);
  await client.close();
  await expect(fetch(client.sandbox.url)).rejects.toThrow();
});
