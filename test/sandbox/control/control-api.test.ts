import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createQuotas } from '../../../src/sandbox/access/quotas.js';
import { type Controls, control } from '../../../src/sandbox/control/control-api.js';
import { createFaults, FAULT_KINDS } from '../../../src/sandbox/control/faults.js';
import { createRequestLog } from '../../../src/sandbox/control/request-log.js';
import { createClock } from '../../../src/sandbox/time/clock.js';
import { exchange, PROJECTS } from '../requests.js';

const HOUR_MS = 3_600_000;

let controls: Controls;

beforeEach(() => {
  const clock = createClock();
  controls = {
    projects: PROJECTS,
    clock,
    faults: createFaults(),
    log: createRequestLog(),
    quotas: createQuotas({ now: clock.now }),
  };
});

describe('the control API', () => {
  it('says that it is up', () => {
    expect(ask('GET', 'health')).toMatchObject({
      status: 200,
      said: { status: 'ok', now: expect.any(Number), projects: ['1234567', '2345678'] },
    });
  });

  it('takes faults, shows them with their defaults and ends them', () => {
    const fault = { path: '/api/query/events', kind: 'status', status: 503 };
    expect(ask('POST', 'faults', fault)).toMatchObject({
      status: 201,
      said: { faults: [{ id: 1, ...fault, times: 1 }] },
    });
    ask('POST', 'faults', [fault, fault]);
    expect(ask('DELETE', 'faults', undefined, { id: '2' })).toMatchObject({
      said: { faults: [{ id: 1 }, { id: 3 }] },
    });
    expect(ask('DELETE', 'faults')).toMatchObject({ said: { faults: [] } });
    expect(ask('GET', 'faults')).toMatchObject({ said: { faults: [] } });
  });

  it('tells every kind of fault there is', () => {
    const { oneOf } = ask('GET', 'faults/schema').said as {
      oneOf: { properties: { kind: { const: string } } }[];
    };
    expect(oneOf.map(({ properties }) => properties.kind.const)).toEqual(FAULT_KINDS);
  });

  it('names every mistake of a fault with 400', () => {
    const { status, said } = ask('POST', 'faults', { path: 'events', kind: 'status', status: 1000 });
    expect(status).toBe(400);
    expect(said.error).toMatch(/path[\s\S]*status|status[\s\S]*path/);
    expect(ask('POST', 'faults').status).toBe(400);
  });

  it('uses a quota up, raises it and gives it back', () => {
    ask('POST', 'quota', { project: '1234567', used: 60 });
    expect(left()).toEqual([0, 60]);
    ask('POST', 'quota', { limit: 100 });
    expect(left()).toEqual([40, 100]);
    ask('POST', 'quota', { project: 1234567, reset: true });
    expect(left()).toEqual([100, 100]);
    expect(ask('POST', 'quota', { usd: 3 }).status).toBe(400);
  });

  it('lets time pass, so that a used-up hour opens again', () => {
    ask('POST', 'quota', { used: 60 });
    const { said: before } = ask('GET', 'clock');
    const { said: after } = ask('POST', 'clock', { advanceMs: HOUR_MS });
    expect(Number(after.now) - Number(before.now)).toBeGreaterThanOrEqual(HOUR_MS);
    expect(left()).toEqual([60, 60]);
    expect(ask('POST', 'clock', { advanceMs: -1 }).status).toBe(400);
  });

  it('shows what was received and forgets it', () => {
    controls.log.add({ at: 0, method: 'GET', path: '/api/app/me', params: { password: 'hush' } });
    expect(ask('GET', 'requests').said).toEqual({
      requests: [expect.objectContaining({ path: '/api/app/me', params: { password: '(not kept)' } })],
    });
    expect(ask('DELETE', 'requests').said).toEqual({ requests: [] });
  });

  it('answers 404 for what it does not know, naming what it does', () => {
    expect(ask('PUT', 'faults')).toMatchObject({
      status: 404,
      said: { try: expect.arrayContaining(['POST faults']) },
    });
    expect(ask('GET', 'constructor').status).toBe(404);
  });

  it('takes no calls from pages of other sites', () => {
    const headers = { host: '127.0.0.1:8788', origin: 'https://example.com' };
    expect(ask('DELETE', 'requests', undefined, {}, headers).status).toBe(403);
    expect(ask('DELETE', 'requests', undefined, {}, { ...headers, origin: 'null' }).status).toBe(403);
    expect(
      ask('DELETE', 'requests', undefined, {}, { ...headers, origin: 'http://127.0.0.1:8788' }).status,
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

function ask(method: string, name: string, body?: unknown, params = {}, headers = {}) {
  const reply = control(exchange({ method, path: `/_sandbox/${name}`, body, params, headers }), controls);
  const said: Record<string, unknown> = JSON.parse(String(reply.body));
  return { status: reply.status, said };
}

function left(): number[] {
  return PROJECTS.map(({ id }) => controls.quotas.status(id).query.left);
}

it('the guide to the sandbox names every kind of fault and every path of the control API', async () => {
  const guide = await readFile('docs/sandbox.md', 'utf8');
  expect(FAULT_KINDS.filter((kind) => !guide.includes(`| \`${kind}\` |`))).toEqual([]);
  const paths = (ask('GET', 'unknown').said.try as string[]).map((each) => `/_sandbox/${each.split(' ')[1]}`);
  expect(paths.filter((path) => !guide.includes(path))).toEqual([]);
});
