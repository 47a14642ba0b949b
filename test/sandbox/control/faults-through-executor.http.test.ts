import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/errors.js';
import { createPlugin, type MixpanelPlugin } from '../../../src/plugin.js';
import { FAULT_KINDS, type FaultKind } from '../../../src/sandbox/control/faults.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { HOUR_MS } from '../../../src/time/durations.js';
import type { TransferOptions } from '../../../src/transfer/index.js';
import { daysAgo } from '../../days.js';
import { failure, success } from '../../results.js';

/** What a caller waits where the fault makes it wait for ever. */
const SHORT_TIMEOUT_MS = 300;
const MEGABYTE = 1024 * 1024;

const DATASOURCE = { username: 'sandbox.demo.mp-service-account', password: 'sandbox', projectId: '1234567' };
const FREE = { windows: [], concurrent: 5 };

const YESTERDAY = daysAgo(1);

/** The calls that meet the faults: command, path, parameters. */
const CALLS = {
  names: { command: 'GET_TOP_EVENTS', path: '/api/query/events/names', parameters: {} },
  export: {
    command: 'DOWNLOAD_DATA',
    path: '/api/2.0/export',
    parameters: { fromDate: YESTERDAY, toDate: YESTERDAY, limit: '200' },
  },
  me: { command: 'GET_PROJECTS', path: '/api/app/me', parameters: {} },
  track: {
    command: 'TRACK_EVENTS',
    path: '/track',
    parameters: { trackedEvents: [{ event: 'Fault met', properties: { token: 'any', distinct_id: 'u1' } }] },
  },
} as const;

type CallName = keyof typeof CALLS;
type Given = { kind: FaultKind } & Record<string, unknown>;

let sandbox: Sandbox;
let plugin: MixpanelPlugin;

beforeAll(async () => {
  sandbox = await startSandbox({ events: 5_000, users: 200, quotas: false });
});
afterAll(() => sandbox.close());

beforeEach(() => start({ attempts: 1 }));
afterEach(async () => {
  await plugin.close();
  await callControl('DELETE', 'faults');
});

/** What may come of a cut body depends on how much of it was read before: the call or only its rest is lost. */
const INTERRUPTED = ['NETWORK', 'INCOMPLETE'] as const;

const FAILURES: [CallName, Given, ErrorCode | typeof INTERRUPTED][] = [
  ['names', { kind: 'status', status: 400, body: { error: 'Error in event: bad' } }, 'BAD_REQUEST'],
  ['names', { kind: 'status', status: 400, body: { error: 'Timeout Error.' } }, 'TIMEOUT'],
  [
    'names',
    { kind: 'status', status: 402, body: { error: 'Your plan does not allow API calls.' } },
    'PLAN_LACKS_API',
  ],
  [
    'names',
    { kind: 'status', status: 403, body: { error: 'Date range exceeds 90 days into the past' } },
    'HISTORY_LIMIT',
  ],
  ['names', { kind: 'status', status: 403, body: { error: 'no' } }, 'NO_PROJECT_ACCESS'],
  ['names', { kind: 'status', status: 404, body: { error: 'Not found' } }, 'NOT_FOUND'],
  [
    'track',
    { kind: 'status', status: 413, body: { code: 413, error: 'request exceeds max limit' } },
    'REQUEST_TOO_LARGE',
  ],
  [
    'export',
    { kind: 'status', status: 429, body: { error: 'too many export requests in progress for this project' } },
    'RATE_LIMITED_CONCURRENT',
  ],
  ['names', { kind: 'status', status: 500, body: { error: 'oops' } }, 'SERVER_TROUBLE'],
  ['export', { kind: 'status', status: 503, body: 'busy' }, 'SERVER_TROUBLE'],
  ['names', { kind: 'html' }, 'SERVER_TROUBLE'],
  ['names', { kind: 'html', status: 200 }, 'UNEXPECTED_ANSWER'],
  ['export', { kind: 'html', status: 200 }, 'UNEXPECTED_ANSWER'],
  ['names', { kind: 'load-shed' }, 'RATE_LIMITED_LOAD'],
  ['names', { kind: 'redirect', location: 'https://example.com/login' }, 'UNEXPECTED_ANSWER'],
  ['names', { kind: 'reset' }, 'NETWORK'],
  ['export', { kind: 'reset' }, 'NETWORK'],
  ['names', { kind: 'latency', ms: HOUR_MS }, 'TIMEOUT'],
  ['export', { kind: 'slow-first-byte', ms: HOUR_MS }, 'TIMEOUT'],
  ['export', { kind: 'drip', bytes: 100, everyMs: HOUR_MS }, 'TIMEOUT'],
  ['names', { kind: 'reset-in-body', afterBytes: 20 }, 'NETWORK'],
  ['export', { kind: 'reset-in-body', afterLines: 3 }, INTERRUPTED],
  ['export', { kind: 'terminated-early', afterLines: 3 }, 'INCOMPLETE'],
  ['export', { kind: 'terminated-early', afterLines: 3, words: 'export terminated early' }, 'INCOMPLETE'],
  ['export', { kind: 'truncated-line', afterLines: 3 }, 'INCOMPLETE'],
  ['export', { kind: 'cut-character' }, 'INCOMPLETE'],
  ['export', { kind: 'cut-gzip' }, INTERRUPTED],
  ['names', { kind: 'cut-gzip' }, 'NETWORK'],
  ['names', { kind: 'empty' }, 'UNEXPECTED_ANSWER'],
  ['names', { kind: 'oversize', bytes: 5 * MEGABYTE }, 'ANSWER_TOO_LARGE'],
];

const RESULTS: [CallName, Given][] = [
  ['names', { kind: 'latency', ms: 5 }],
  ['names', { kind: 'slow-first-byte', ms: 5 }],
  ['export', { kind: 'drip', bytes: 20_000, everyMs: 1 }],
  ['export', { kind: 'split-record', line: 5 }],
  ['export', { kind: 'split-character' }],
  ['names', { kind: 'gzip', on: true }],
  ['export', { kind: 'gzip', on: false }],
  ['names', { kind: 'content-type', type: 'application/octet-stream' }],
  ['export', { kind: 'content-type', type: 'application/json' }],
];

describe('a fault of Mixpanel ends in a typed error', () => {
  it.each(FAILURES)('%s meeting %j: %s', async (name, fault, expected) => {
    await callControl('POST', 'faults', { path: CALLS[name].path, ...fault });
    const waits = expected === 'TIMEOUT' && fault.kind !== 'status';
    const result = await run(name, waits ? SHORT_TIMEOUT_MS : undefined);
    expect([expected].flat()).toContain(failure(result).code);
    expect(JSON.stringify(result)).not.toContain('Basic ');
    // It was this fault that was met, and met once.
    expect(await callControl('GET', 'faults')).toEqual({ faults: [] });
    const { requests } = await callControl('GET', 'requests');
    expect(requests?.at(-1)).toMatchObject({ path: CALLS[name].path, fault: fault.kind });
  });
});

describe('an account that may not ends in a typed error', () => {
  it.each<[string, string, CallName, ErrorCode]>([
    ['expired', '1234567', 'names', 'WRONG_CREDENTIALS'],
    ['expired', '1234567', 'export', 'WRONG_CREDENTIALS'],
    ['expired', '1234567', 'me', 'WRONG_CREDENTIALS'],
    ['free', '1234567', 'names', 'PLAN_LACKS_API'],
    ['analyst', '2345678', 'names', 'NO_PROJECT_ACCESS'],
    ['analyst', '2345678', 'export', 'NO_PROJECT_ACCESS'],
  ])('%s, project %s, %s: %s', async (name, projectId, call, code) => {
    const username = `${name}.demo.mp-service-account`;
    const result = await run(call, undefined, { ...DATASOURCE, username, projectId });
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  it('free may export', async () => {
    const username = 'free.demo.mp-service-account';
    expect(await run('export', undefined, { ...DATASOURCE, username })).toMatchObject({
      ok: true,
    });
  });
});

describe('an export that breaks off once is whole all the same, where the caller has the time', () => {
  it.each<Given>([
    { kind: 'status', status: 503 },
    { kind: 'load-shed' },
    { kind: 'reset' },
    { kind: 'reset-in-body', afterLines: 3 },
    { kind: 'terminated-early', afterLines: 3 },
    { kind: 'truncated-line', afterLines: 3 },
    { kind: 'cut-character' },
    { kind: 'cut-gzip' },
  ])('by %j', async (fault) => {
    const { body: expected } = success(await run('export'));
    await start({ retryPauseMs: 1 });
    await callControl('POST', 'faults', { path: CALLS.export.path, ...fault });
    expect(await run('export')).toMatchObject({ ok: true, body: expected });
    expect(await callControl('GET', 'faults')).toEqual({ faults: [] });
  });
});

describe('a fault that loses nothing ends in the same result as none', () => {
  it.each(RESULTS)('%s meeting %j', async (name, fault) => {
    const { body: expected } = success(await run(name));
    expect(expected).not.toEqual([]);
    await start({ attempts: 1 });
    await callControl('POST', 'faults', { path: CALLS[name].path, ...fault });
    const { body } = success(await run(name));
    expect(body).toEqual(expected);
    expect(await callControl('GET', 'faults')).toEqual({ faults: [] });
  });

  it('an empty export is an empty result', async () => {
    await callControl('POST', 'faults', { path: CALLS.export.path, kind: 'empty' });
    expect(await run('export')).toMatchObject({ ok: true, body: [] });
  });
});

it('the fault list is met from one end to the other', () => {
  const covered = [...FAILURES, ...RESULTS].map(([, { kind }]) => kind);
  expect(FAULT_KINDS.filter((kind) => !covered.includes(kind))).toEqual([]);
});

/** A plugin that has seen nothing yet, in place of the last one. */
async function start(delivery: TransferOptions): Promise<void> {
  await plugin?.close();
  plugin = createPlugin({
    hosts: sandbox.hosts,
    quota: { shared: false, limits: { query: FREE, export: FREE } },
    answerBytesCap: 4 * MEGABYTE,
    transfer: delivery,
  });
}

function run(name: CallName, timeoutMs?: number, datasource = DATASOURCE) {
  const { command, parameters } = CALLS[name];
  return plugin.execute({ datasource, command, parameters, timeoutMs });
}

async function callControl(method: string, name: string, body?: unknown): Promise<Record<string, unknown[]>> {
  const response = await fetch(`${sandbox.url}/_sandbox/${name}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const responseBody = (await response.json()) as Record<string, unknown[]>;
  if (!response.ok) throw new Error(JSON.stringify(responseBody));
  return responseBody;
}
