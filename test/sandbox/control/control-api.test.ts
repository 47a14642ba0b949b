import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createQuotas } from '../../../src/sandbox/access/quotas.js';
import { type ControlContext, handleControlRequest } from '../../../src/sandbox/control/control-api.js';
import { createFaults, FAULT_KINDS } from '../../../src/sandbox/control/faults.js';
import { createRequestLog } from '../../../src/sandbox/control/request-log.js';
import { createClock } from '../../../src/sandbox/time/clock.js';
import { HOUR_MS } from '../../../src/time/durations.js';
import { createRequest, PROJECTS } from '../requests.js';

let context: ControlContext;

beforeEach(() => {
  const clock = createClock();
  context = {
    projects: PROJECTS,
    clock,
    faults: createFaults(),
    log: createRequestLog(),
    quotas: createQuotas({ now: clock.now }),
  };
});

describe('the control API', () => {
  it('says that it is up', () => {
    expect(callControl('GET', 'health')).toMatchObject({
      status: 200,
      said: { status: 'ok', now: expect.any(Number), projects: ['1234567', '2345678'] },
    });
  });

  it('takes faults, shows them with their defaults and ends them', () => {
    const fault = { path: '/api/query/events', kind: 'status', status: 503 };
    expect(callControl('POST', 'faults', fault)).toMatchObject({
      status: 201,
      said: { faults: [{ id: 1, ...fault, times: 1 }] },
    });
    callControl('POST', 'faults', [fault, fault]);
    expect(callControl('DELETE', 'faults', undefined, { id: '2' })).toMatchObject({
      said: { faults: [{ id: 1 }, { id: 3 }] },
    });
    expect(callControl('DELETE', 'faults')).toMatchObject({ said: { faults: [] } });
    expect(callControl('GET', 'faults')).toMatchObject({ said: { faults: [] } });
  });

  it('lists every kind of fault', () => {
    const { oneOf } = callControl('GET', 'faults/schema').said as {
      oneOf: { properties: { kind: { const: string } } }[];
    };
    expect(oneOf.map(({ properties }) => properties.kind.const)).toEqual(FAULT_KINDS);
  });

  it('names every mistake of a fault with 400', () => {
    const { status, said } = callControl('POST', 'faults', { path: 'events', kind: 'status', status: 1000 });
    expect(status).toBe(400);
    expect(said.error).toMatch(/path[\s\S]*status|status[\s\S]*path/);
    expect(callControl('POST', 'faults').status).toBe(400);
  });

  it('uses a quota up, raises it and gives it back', () => {
    callControl('POST', 'quota', { project: '1234567', used: 60 });
    expect(listLeft()).toEqual([0, 60]);
    callControl('POST', 'quota', { limit: 100 });
    expect(listLeft()).toEqual([40, 100]);
    callControl('POST', 'quota', { project: 1234567, reset: true });
    expect(listLeft()).toEqual([100, 100]);
    expect(callControl('POST', 'quota', { usd: 3 }).status).toBe(400);
  });

  it('lets time pass, so that a used-up hour opens again', () => {
    callControl('POST', 'quota', { used: 60 });
    const { said: before } = callControl('GET', 'clock');
    const { said: after } = callControl('POST', 'clock', { advanceMs: HOUR_MS });
    expect(Number(after.now) - Number(before.now)).toBeGreaterThanOrEqual(HOUR_MS);
    expect(listLeft()).toEqual([60, 60]);
    expect(callControl('POST', 'clock', { advanceMs: -1 }).status).toBe(400);
  });

  it('shows what was received and forgets it', () => {
    context.log.add({ at: 0, method: 'GET', path: '/api/app/me', params: { password: 'hush' } });
    expect(callControl('GET', 'requests').said).toEqual({
      requests: [expect.objectContaining({ path: '/api/app/me', params: { password: '(removed)' } })],
    });
    expect(callControl('DELETE', 'requests').said).toEqual({ requests: [] });
  });

  it('answers 404 for what it does not know, naming what it does', () => {
    expect(callControl('PUT', 'faults')).toMatchObject({
      status: 404,
      said: { try: expect.arrayContaining(['POST faults']) },
    });
    expect(callControl('GET', 'constructor').status).toBe(404);
  });

  it('refuses calls from pages of other origins', () => {
    const headers = { host: '127.0.0.1:8788', origin: 'https://example.com' };
    expect(callControl('DELETE', 'requests', undefined, {}, headers).status).toBe(403);
    expect(callControl('DELETE', 'requests', undefined, {}, { ...headers, origin: 'null' }).status).toBe(403);
    expect(
      callControl('DELETE', 'requests', undefined, {}, { ...headers, origin: 'http://127.0.0.1:8788' })
        .status,
    ).toBe(200);
  });
});

it('a clock goes on by itself and never back', () => {
  vi.useFakeTimers();
  const clock = createClock();
  const start = clock.now();
  vi.advanceTimersByTime(10);
  clock.advance(5);
  expect(clock.now() - start).toBe(15);
  expect(() => clock.advance(-1)).toThrow(RangeError);
  vi.useRealTimers();
});

function callControl(method: string, name: string, body?: unknown, params = {}, headers = {}) {
  const reply = handleControlRequest(
    createRequest({ method, path: `/_sandbox/${name}`, body, params, headers }),
    context,
  );
  const said: Record<string, unknown> = JSON.parse(String(reply.body));
  return { status: reply.status, said };
}

function listLeft(): number[] {
  return PROJECTS.map(({ id }) => context.quotas.status(id).query.left);
}

it('the guide to the sandbox names every kind of fault and every path of the control API', async () => {
  const guide = await readFile('docs/sandbox.md', 'utf8');
  expect(FAULT_KINDS.filter((kind) => !guide.includes(`| \`${kind}\` |`))).toEqual([]);
  const paths = (callControl('GET', 'unknown').said.try as string[]).map(
    (each) => `/_sandbox/${each.split(' ')[1]}`,
  );
  expect(paths.filter((path) => !guide.includes(path))).toEqual([]);
});
