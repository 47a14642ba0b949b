import Mixpanel from 'mixpanel';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { NOW, type SandboxClient, startSandboxClient } from '../sandbox-client.js';

// Mixpanel's own SDK for Node against the sandbox. It sends credentials over HTTPS only.

const TODAY = { from_date: '2026-11-24', to_date: '2026-11-24' };

let client: SandboxClient;
let calls = 0;
beforeAll(async () => {
  // The SDK has no option for a certificate; NODE_EXTRA_CA_CERTS is read when a process starts.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  client = await startSandboxClient({ events: 500, users: 50, tls: true });
});
afterAll(async () => {
  console.log(`mixpanel (Node SDK): ${calls} calls`);
  vi.unstubAllEnvs();
  await client.close();
});

function createSdk(config: Partial<Mixpanel.InitConfig> = {}) {
  const { port, projects, accounts } = client.sandbox;
  const [account] = accounts;
  return Mixpanel.init(projects[0]!.token, {
    host: '127.0.0.1',
    port,
    protocol: 'https',
    credentials: new Mixpanel.ServiceAccountCredentials(
      account!.username,
      account!.password,
      projects[0]!.id,
    ),
    ...config,
  } as Mixpanel.InitConfig);
}

/** Calls the SDK, and rejects with what it calls an error. */
function call(send: (done: (error?: unknown) => void) => void): Promise<void> {
  calls += 1;
  return new Promise((resolve, reject) => {
    send((error) => {
      const errors = Array.isArray(error) ? error : [error];
      const [first] = errors.filter(Boolean);
      if (first) reject(first);
      else resolve();
    });
  });
}

async function countToday(event: string): Promise<number> {
  const { body } = await client.get<{ data: { values: Record<string, Record<string, number>> } }>(
    '/api/query/events',
    { event: [event], type: 'general', unit: 'day', ...TODAY },
  );
  return body.data.values[event]?.['2026-11-24'] ?? 0;
}

async function readProfile(distinct_id: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await client.post<{ results: { $properties: Record<string, unknown> }[] }>(
    '/api/query/engage',
    { form: { distinct_id } },
  );
  return body.results[0]?.$properties;
}

describe.each([false, true])('with verbose: %s', (verbose) => {
  const name = (text: string) => `${text} ${verbose}`;
  const event = (text: string, index: number) => ({
    event: name(text),
    properties: { distinct_id: `u${index}`, time: Math.floor(NOW / 1000) - index, text: '>>>???ÿ' },
  });

  test('track and track_batch are counted', async () => {
    const sdk = createSdk({ verbose });
    await call((done) => sdk.track(name('SDK Track'), { distinct_id: 'u1', text: 'ü☕' }, done));
    await call((done) =>
      sdk.track_batch(
        Array.from({ length: 120 }, (_, index) => event('SDK Batch', index)),
        done,
      ),
    );
    expect(await countToday(name('SDK Track'))).toBe(1);
    expect(await countToday(name('SDK Batch'))).toBe(120);
  });

  test('import and import_batch are counted, without $insert_id and strict', async () => {
    const sdk = createSdk({ verbose });
    await call((done) => sdk.import(name('SDK Import'), new Date(NOW - 60_000), { distinct_id: 'u1' }, done));
    await call((done) =>
      sdk.import_batch(
        Array.from({ length: 120 }, (_, index) => event('SDK Import Batch', index)),
        done,
      ),
    );
    expect(await countToday(name('SDK Import'))).toBe(1);
    expect(await countToday(name('SDK Import Batch'))).toBe(120);
  });

  test('people are changed in every way the SDK knows', async () => {
    const { people } = createSdk({ verbose });
    const id = name('sdk user');
    await call((done) => people.set(id, { plan: 'Gold', n: 1, tags: ['a'], old: true }, done));
    await call((done) => people.set_once(id, { plan: 'Silver', city: 'Bern' }, done));
    await call((done) => people.increment(id, 'n', 4, done));
    await call((done) => people.append(id, { tags: 'b' }, done));
    await call((done) => people.union(id, { tags: ['b', 'c'] }, done));
    await call((done) => people.remove(id, { tags: 'a' }, done));
    await call((done) => people.unset(id, 'old', done));
    expect(await readProfile(id)).toMatchObject({ plan: 'Gold', city: 'Bern', n: 5, tags: ['b', 'c'] });
    expect(await readProfile(id)).not.toHaveProperty('old');
    await call((done) => people.track_charge(id, 12.5, {}, done));
    expect(await readProfile(id)).toMatchObject({ $transactions: [{ $amount: 12.5 }] });
    await call((done) => people.clear_charges(id, done));
    await call((done) => people.delete_user(id, done));
    expect(await readProfile(id)).toBeUndefined();
  });

  test('groups are changed in every way the SDK knows', async () => {
    const { groups } = createSdk({ verbose });
    const id = name('sdk company');
    await call((done) => groups.set('company', id, { seats: 3, tags: ['a'], old: true }, done));
    await call((done) => groups.set_once('company', id, { seats: 4, city: 'Bern' }, done));
    await call((done) => groups.union('company', id, { tags: ['b'] }, done));
    await call((done) => groups.remove('company', id, { tags: 'a' }, done));
    await call((done) => groups.unset('company', id, 'old', done));
    const read = () =>
      client.post<{ results: { $properties: object }[] }>('/api/query/engage', {
        form: { data_group_id: '-1405123841946871899', distinct_ids: [id] },
      });
    expect((await read()).body.results[0]?.$properties).toMatchObject({
      seats: 3,
      city: 'Bern',
      tags: ['b'],
    });
    await call((done) => groups.delete_group('company', id, done));
    expect((await read()).body.results).toEqual([]);
  });

  test('what Mixpanel refuses is an error of the SDK', async () => {
    const wrong = createSdk({
      verbose,
      credentials: new Mixpanel.ServiceAccountCredentials('nobody', 'x', '1234567'),
    } as Partial<Mixpanel.InitConfig>);
    await expect(
      call((done) => wrong.import('Lost', new Date(NOW), { distinct_id: 'u1' }, done)),
    ).rejects.toThrow(/Mixpanel Server Error/);
    const { people } = createSdk({ verbose });
    await expect(call((done) => people.set('', { a: 1 }, done))).rejects.toThrow(/Mixpanel Server Error/);
  });
});
