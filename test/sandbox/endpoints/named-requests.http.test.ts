import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namedRequests } from '../../../src/commands/requests/index.js';
import { createPlugin } from '../../../src/plugin.js';
import { type LocalSandbox, startLocalSandbox } from '../../../src/sandbox/local-sandbox.js';
import { success } from '../../results.js';

let sandbox: LocalSandbox;
let plugin: ReturnType<typeof createPlugin>;

beforeAll(async () => {
  sandbox = await startLocalSandbox({ events: 20_000, users: 1000 });
  plugin = createPlugin({ hosts: sandbox.hosts });
});
afterAll(async () => {
  await plugin.close();
  await sandbox.close();
});

async function run(values: Record<string, unknown>) {
  const result = await plugin.execute({
    datasource: sandbox.datasource,
    command: 'CUSTOM_ACTION',
    parameters: values,
  });
  const { body, messages } = success(result);
  return { rows: body as Record<string, unknown>[], messages };
}

/** The columns that a request names, without the phrases after them. */
function columnsOf(rows: string): string[] {
  return rows
    .split(';')[0]!
    .split(', ')
    .filter((part) => /^\w+$/.test(part));
}

/** Lists that are empty until something is put into them. */
const EMPTY = new Set(['lookup-tables']);

describe('a named request gives its rows on the sandbox', () => {
  test.each(namedRequests.map((request) => [request.id, request] as const))('%s', async (id, request) => {
    const { rows, messages } = await run(request.values);
    expect(Array.isArray(rows), JSON.stringify(rows)).toBe(true);
    if (!EMPTY.has(id)) expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Object.keys(row)).toEqual(expect.arrayContaining(columnsOf(request.rows)));
    expect(messages.join(' ')).not.toMatch(/does not have the shape|Besides the rows/);
  });
});

test('with on, funnels and retention have rows for each value, and the totals are marked', async () => {
  for (const id of ['funnel-by-property', 'retention-by-property']) {
    const { rows } = await run(namedRequests.find((each) => each.id === id)!.values);
    expect(new Set(rows.map(({ segment }) => segment)).size).toBeGreaterThan(2);
    for (const { segment, total } of rows) expect(total).toBe(segment === '$overall');
    const count = (total: boolean, key: 'count') =>
      rows
        .filter((row) => row.total === total && (row.step ?? 1) === 1 && (row.period ?? 0) === 0)
        .reduce((sum, row) => sum + Number(row[key]), 0);
    expect(count(false, 'count')).toBe(count(true, 'count'));
  }
});

test('one of two profile updates refused is one row more, with whose it was and why', async () => {
  const { rows } = await run({
    method: 'POST',
    endpoint: '/engage?strict=1&verbose=1',
    body: [
      { $token: 'sandbox-token-1234567', $distinct_id: 'new-1', $set: { plan: 'Premium' } },
      { $distinct_id: 'new-2', $set: { plan: 'Premium' } },
    ],
  });
  expect(rows).toEqual([
    { status: 'partial', accepted: 1 },
    { status: 'rejected', accepted: 0, index: 1, distinct_id: 'new-2', reason: '$token, missing or empty' },
  ]);
});

test('a report asked by POST, with a slash at the end, is the same report', async () => {
  const parameters = new URLSearchParams('born_event=Signup&event=Purchase&from_date=-20d&to_date=-10d');
  const { rows } = await run({ endpoint: `/api/query/retention?${parameters}` });
  const posted = await run({
    method: 'POST',
    endpoint: 'https://mixpanel.com/api/2.0/retention/',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: parameters.toString(),
  });
  expect(rows.length).toBeGreaterThan(5);
  expect(posted.rows).toEqual(rows);
});
