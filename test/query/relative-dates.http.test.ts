import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Datasource } from '../../src/command/datasource.js';
import type { PluginError } from '../../src/errors.js';
import { failure, success } from '../results.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';
import { FAST_UNLIMITED } from '../transfer/stub-server.js';

// The sandbox's project 2345678 is in US/Pacific and was made before 2023; 3456789 is in Europe/Berlin and is newer, so
// that its downloads have the days of UTC.
const PACIFIC = '2345678';
const BERLIN = '3456789';
/** 22:30 of 25 November in Los Angeles, 7:30 of 26 November in Berlin. */
const EVENING = Date.UTC(2026, 10, 26, 6, 30);
/** 0:30 of 26 November in Berlin, where it is still the 25th in UTC. */
const MIDNIGHT_IN_BERLIN = Date.UTC(2026, 10, 25, 23, 30);

let fixture: SandboxFixture;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: EVENING });
  fixture = await startSandboxFixture({}, FAST_UNLIMITED);
});
afterAll(async () => {
  await fixture.close();
  vi.useRealTimers();
});
beforeEach(() => fixture.reset());
afterEach(() => vi.setSystemTime(EVENING));

function call(projectId: string, command: string, parameters: Record<string, unknown>) {
  const account = fixture.sandbox.accounts.find(
    ({ projects }) => projects === 'all' || projects.includes(projectId),
  );
  if (!account) throw new Error(`No account has project ${projectId}`);
  const { username, password } = account;
  const datasource: Datasource = { username, password, projectId };
  return { datasource, command, parameters };
}

describe('near midnight', () => {
  test('today is the evening before in a project in California', async () => {
    const counts = { events: '["Signup"]', fromDate: '-2d', toDate: 'today' };
    const relative = success(
      await fixture.plugin.execute(call(PACIFIC, 'GET_AGGREGATE_EVENT_COUNTS', counts)),
    );
    expect((relative.body as { date: string }[]).map(({ date }) => date)).toEqual([
      '2026-11-23',
      '2026-11-24',
      '2026-11-25',
    ]);
    expect(relative.meta.dates).toEqual({ from: '2026-11-23', to: '2026-11-25', timezone: 'US/Pacific' });
    const [me, ...others] = await fixture.requestsTo('/api/app/me');
    expect([me !== undefined, others]).toEqual([true, []]);
  });

  test('a download of a new project ends with the last day that has begun in UTC, which a message says', async () => {
    vi.setSystemTime(MIDNIGHT_IN_BERLIN);
    const { meta, messages } = success(
      await fixture.plugin.execute(call(BERLIN, 'DOWNLOAD_DATA', { fromDate: '-1d', toDate: 'today' })),
    );
    expect(meta.dates).toEqual({ from: '2026-11-25', to: '2026-11-25', timezone: 'Europe/Berlin' });
    expect(messages).toContainEqual(
      'The day 2026-11-26 has begun in Europe/Berlin, but not yet in UTC, whose days downloads have. The download ends with 2026-11-25.',
    );
  });
});

test('the feed of a user takes relative dates', async () => {
  const { meta } = success(
    await fixture.plugin.execute(
      call(PACIFIC, 'GET_PROFILE_EVENT_ACTIVITY', {
        distinctIds: '["nobody"]',
        fromDate: 'start of last month',
        toDate: 'end of last month',
      }),
    ),
  );
  expect(meta.dates).toEqual({ from: '2026-10-01', to: '2026-10-31', timezone: 'US/Pacific' });
});

test('a stream says which days it has, and continues with them on another day', async () => {
  const download = call(PACIFIC, 'DOWNLOAD_DATA', { fromDate: '-6d', toDate: 'yesterday' });
  const whole: unknown[] = [];
  const messages: string[] = [];
  for await (const row of fixture.plugin.stream({ ...download, onMessage: (text) => messages.push(text) }))
    whole.push(row);
  expect(messages[0]).toBe(
    "From Date -6d is 2026-11-19, To Date yesterday is 2026-11-24, in the project's time zone, US/Pacific.",
  );

  await fixture.injectFault({ path: '/api/2.0/export', kind: 'terminated-early', afterLines: 20 });
  await fixture.injectFault({ path: '/api/2.0/export', kind: 'status', status: 503, times: 20 });
  const rows: unknown[] = [];
  let error: PluginError | undefined;
  try {
    for await (const row of fixture.plugin.stream(download)) rows.push(row);
  } catch (thrown) {
    error = thrown as PluginError;
  }
  expect(rows.length).toBeGreaterThan(0);
  expect(error?.resumeToken).toMatch(/\.2026-11-19\.2026-11-24$/);
  await fixture.reset();

  vi.setSystemTime(EVENING + 86_400_000);
  const resumed: string[] = [];
  const resumeToken = error?.resumeToken;
  for await (const row of fixture.plugin.stream({
    ...download,
    resumeToken,
    onMessage: (text) => resumed.push(text),
  }))
    rows.push(row);
  expect(rows).toHaveLength(whole.length);
  expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
    new Set(whole.map((row) => JSON.stringify(row))),
  );
  expect(resumed[0]).toBe(
    'From Date -6d is 2026-11-19, To Date yesterday is 2026-11-24: the days of the download that is continued.',
  );

  // Other days in the token are another query's.
  const changed = `${resumeToken?.slice(0, -'2026-11-24'.length)}2026-11-23`;
  const refused = fixture.plugin.stream({ ...download, resumeToken: changed });
  await expect(refused[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('a look-up with a relative date in the form asks for nothing more', async () => {
  const { options } = await fixture.plugin.options({
    ...call(PACIFIC, 'GET_AGGREGATE_EVENT_COUNTS', { fromDate: '-30d', toDate: 'today' }),
    field: 'events',
  });
  expect(options.length).toBeGreaterThan(0);
  expect(await fixture.requestsTo('/api/app/me')).toEqual([]);
});

test('a date that cannot be read fails with what to write instead, and sends nothing', async () => {
  const { message } = failure(
    await fixture.plugin.execute(
      call(PACIFIC, 'DOWNLOAD_DATA', { fromDate: 'last 2 weeks', toDate: 'tomorrow' }),
    ),
  );
  expect(message).toContain('From Date: can be read in two ways. Write -2w');
  expect(message).toContain('To Date: is in the future.');
  expect(await fixture.requestsTo('/api/2.0/export')).toEqual([]);
});
