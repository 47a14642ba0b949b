import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFaultReply, createFaults, type FaultInput } from '../../../src/sandbox/control/faults.js';
import type { Reply } from '../../../src/sandbox/endpoint/definition.js';
import { type SendResult, sendReply } from '../../../src/sandbox/http/reply-sender.js';
import { HOUR_MS } from '../../../src/time/durations.js';

const LINES = [
  '{"event":"Sign up","properties":{"city":"Zürich"}}',
  '{"event":"Buy","properties":{}}',
  '{"event":"Leave"}',
];
const EXPORT = LINES.map((line) => `${line}\n`).join('');

let mixpanel: Awaited<ReturnType<typeof startMixpanel>>;

beforeEach(async () => {
  mixpanel = await startMixpanel();
});
afterEach(() => mixpanel.close());

describe('without a fault', () => {
  it('an answer is whole and states its length', async () => {
    const answer = await mixpanel.get();
    expect(answer).toMatchObject({ status: 200, text: EXPORT, ended: true });
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(EXPORT)));
  });

  it('is compressed only above 1400 bytes and only for who takes gzip', async () => {
    expect((await mixpanel.get({ gzip: true })).headers).not.toHaveProperty('content-encoding');
    mixpanel.reply.body = EXPORT.repeat(20);
    expect((await mixpanel.get()).headers).not.toHaveProperty('content-encoding');
    const answer = await mixpanel.get({ gzip: true });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.bytes).toString()).toBe(EXPORT.repeat(20));
    expect(mixpanel.delivered.at(-1)).toEqual({ bytes: answer.bytes.byteLength, complete: true });
  });

  it('streams a body that is made on the way, compressed or not', async () => {
    for (const gzip of [false, true]) {
      mixpanel.reply.body = repeatExport(1000);
      const answer = await mixpanel.get({ gzip });
      const bytes = gzip ? gunzipSync(answer.bytes) : answer.bytes;
      expect(bytes.toString()).toBe(EXPORT.repeat(1000));
    }
  });

  it('is cut when its making fails', async () => {
    mixpanel.reply.body = failMidway();
    expect(await mixpanel.get()).toMatchObject({ ended: false, error: 'ECONNRESET' });
    expect(mixpanel.failures).toEqual(['the data set broke']);
  });
});

describe('a fault in place of the answer', () => {
  it('sends the status, headers and body asked for', async () => {
    mixpanel.fault({
      kind: 'status',
      status: 402,
      headers: { 'x-reason': 'plan' },
      body: { error: 'Your plan' },
    });
    const answer = await mixpanel.get();
    expect(answer).toMatchObject({ status: 402, text: '{"error":"Your plan"}' });
    expect(answer.headers).toMatchObject({ 'x-reason': 'plan', 'content-type': 'application/json' });
  });

  it('sends an HTML page, as an error or as if all were well', async () => {
    for (const status of [502, 200]) {
      mixpanel.fault({ kind: 'html', status });
      const answer = await mixpanel.get();
      expect(answer).toMatchObject({ status, text: expect.stringContaining('<html>') });
      expect(answer.headers['content-type']).toBe('text/html');
    }
  });

  it('sheds load without any quota header', async () => {
    mixpanel.fault({ kind: 'load-shed' });
    const answer = await mixpanel.get();
    expect(answer.status).toBe(429);
    expect(answer.text).toContain('Query rate limit exceeded for project_id: 1234567 For more information');
    expect(Object.keys(answer.headers).filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
  });

  it('redirects elsewhere', async () => {
    mixpanel.fault({ kind: 'redirect', location: 'https://example.com/login' });
    const answer = await mixpanel.get();
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe('https://example.com/login');
  });

  it('resets before a single byte, without asking the endpoint', async () => {
    mixpanel.fault({ kind: 'reset' });
    expect(await mixpanel.get()).toMatchObject({ error: 'ECONNRESET', status: 0 });
    expect(mixpanel.asked).toBe(0);
  });
});

describe('a fault that cuts the true answer', () => {
  it('resets the connection after so many lines', async () => {
    mixpanel.fault({ kind: 'reset-in-body', afterLines: 2 });
    const answer = await mixpanel.get({ gzip: true });
    expect(answer).toMatchObject({ status: 200, ended: false, error: 'ECONNRESET' });
    expect(answer.text).toBe(`${LINES[0]}\n${LINES[1]}\n`);
    expect(mixpanel.delivered).toMatchObject([{ complete: false }]);
  });

  it('resets the connection after so many bytes', async () => {
    mixpanel.fault({ kind: 'reset-in-body', afterBytes: 10 });
    const answer = await mixpanel.get();
    expect(answer).toMatchObject({ ended: false, text: EXPORT.slice(0, 10) });
  });

  it('ends an export with the bare words "terminated early", status 200', async () => {
    mixpanel.fault({ kind: 'terminated-early', afterLines: 1 });
    expect(await mixpanel.get()).toMatchObject({
      status: 200,
      ended: true,
      text: `${LINES[0]}\nterminated early\n`,
    });
  });

  it('ends in the midst of a line', async () => {
    mixpanel.fault({ kind: 'truncated-line', afterLines: 1 });
    const answer = await mixpanel.get();
    expect(answer.ended).toBe(true);
    expect(answer.text).toBe(`${LINES[0]}\n${LINES[1]!.slice(0, 16)}`);
  });

  it('ends inside a character', async () => {
    mixpanel.fault({ kind: 'cut-character' });
    const answer = await mixpanel.get();
    expect(answer.ended).toBe(true);
    expect(answer.bytes).toEqual(Buffer.from(EXPORT).subarray(0, Buffer.from(EXPORT).indexOf('ü') + 1));
  });

  it('lacks the end of the gzip trailer', async () => {
    mixpanel.fault({ kind: 'cut-gzip' });
    const answer = await mixpanel.get();
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(answer.bytes.byteLength).toBe(gzipSync(EXPORT).byteLength - 4);
    expect(() => gunzipSync(answer.bytes)).toThrow(/unexpected end/);
  });

  it('is empty', async () => {
    mixpanel.fault({ kind: 'empty' });
    expect(await mixpanel.get()).toMatchObject({ status: 200, ended: true, text: '' });
  });
});

describe('a fault that keeps the answer whole', () => {
  it('breaks a record over two lines', async () => {
    mixpanel.fault({ kind: 'split-record', line: 1 });
    const { text } = await mixpanel.get();
    expect(text.split('\n')).toHaveLength(LINES.length + 2);
    const [first, part, other] = text.split('\n');
    expect([first, `${part}${other}`]).toEqual(LINES.slice(0, 2));
  });

  it('sends a character in two pieces', async () => {
    mixpanel.fault({ kind: 'split-character' });
    const answer = await mixpanel.get({ gzip: true });
    expect(answer.text).toBe(EXPORT);
    expect(answer.chunks[0]!.at(-1)).toBe(Buffer.from('ü')[0]);
  });

  it('compresses what is small, and leaves plain what was to be compressed', async () => {
    mixpanel.fault({ kind: 'gzip', on: true });
    const small = await mixpanel.get();
    expect(small.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(small.bytes).toString()).toBe(EXPORT);
    mixpanel.reply.body = EXPORT.repeat(20);
    mixpanel.fault({ kind: 'gzip', on: false });
    expect(await mixpanel.get({ gzip: true })).toMatchObject({ text: EXPORT.repeat(20) });
  });

  it('calls it something else', async () => {
    mixpanel.fault({ kind: 'content-type', type: 'application/octet-stream' });
    const answer = await mixpanel.get();
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.text).toBe(EXPORT);
  });

  it('pads it to any size', async () => {
    mixpanel.fault({ kind: 'oversize', bytes: 1_000_000 });
    const answer = await mixpanel.get();
    expect(answer.bytes.byteLength).toBe(1_000_000);
    expect(answer.text.trimEnd()).toBe(EXPORT.trimEnd());
  });

  it('drips', async () => {
    mixpanel.fault({ kind: 'drip', bytes: 30, everyMs: 1 });
    const answer = await mixpanel.get();
    expect(answer.text).toBe(EXPORT);
    expect(answer.chunks.length).toBeGreaterThan(1);
  });
});

describe('a wait', () => {
  it.each<FaultInput>([
    { path: '/export', kind: 'latency', ms: HOUR_MS },
    { path: '/export', kind: 'slow-first-byte', ms: HOUR_MS },
    { path: '/export', kind: 'drip', bytes: 1, everyMs: HOUR_MS },
  ])('of $kind ends when the caller hangs up', async (fault) => {
    mixpanel.faults.add(fault);
    const call = mixpanel.open();
    await mixpanel.begun();
    // What comes at once has come by then: the headers, and of a drip the first byte.
    if (fault.kind !== 'latency') await once(call, 'response');
    call.destroy();
    await expect
      .poll(() => mixpanel.delivered)
      .toEqual([{ bytes: fault.kind === 'drip' ? 1 : 0, complete: false }]);
  });

  it('for the answer ends too when the caller hangs up before there is one', async () => {
    mixpanel.slowly();
    const call = mixpanel.open();
    await mixpanel.begun();
    call.destroy();
    await expect.poll(() => mixpanel.delivered).toEqual([{ bytes: 0, complete: false }]);
  });

  it('before the headers keeps the status back, after them only the body', async () => {
    mixpanel.fault({ kind: 'latency', ms: 5 });
    expect(await mixpanel.get()).toMatchObject({ status: 200, text: EXPORT });
    mixpanel.fault({ kind: 'slow-first-byte', ms: 5 });
    expect(await mixpanel.get()).toMatchObject({ status: 200, text: EXPORT });
  });
});

describe('the list of faults', () => {
  it('meets so many calls after so many spared ones, then is gone', () => {
    const faults = createFaults();
    faults.add({ path: '/track', kind: 'reset', after: 1, times: 2 });
    const met = Array.from(
      { length: 4 },
      () => faults.take({ method: 'POST', path: '/track', params: {} })?.kind,
    );
    expect(met).toEqual([undefined, 'reset', 'reset', undefined]);
    expect(faults.list()).toEqual([]);
  });

  it('matches the path or its beginning, the method and the parameters', () => {
    const faults = createFaults();
    faults.add([
      { path: '/api/query/*', kind: 'empty', method: 'post', times: 9 },
      { path: '/api/query/engage', kind: 'reset', params: { page: 2 }, times: 9 },
    ]);
    const take = (method: string, path: string, params = {}) => faults.take({ method, path, params })?.kind;
    expect(take('POST', '/api/query/events')).toBe('empty');
    expect(take('GET', '/api/query/events')).toBeUndefined();
    expect(take('GET', '/api/query/engage', { page: '2' })).toBe('reset');
    expect(take('GET', '/api/query/engage', { page: '1' })).toBeUndefined();
    expect(take('GET', '/api/query/engage/x', { page: '2' })).toBeUndefined();
  });

  it('is cleared one by one or as a whole', () => {
    const faults = createFaults();
    const [first] = faults.add([
      { path: '/a', kind: 'reset' },
      { path: '/b', kind: 'reset' },
    ]);
    faults.clear(first!.id);
    expect(faults.list().map(({ path }) => path)).toEqual(['/b']);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });

  it('refuses what it does not know, and takes nothing of a list with a mistake', () => {
    const faults = createFaults();
    for (const wrong of [
      { path: '/a', kind: 'explode' },
      { path: '/a', kind: 'reset', aferLines: 2 },
      { path: 'a', kind: 'reset' },
      [{ path: '/a', kind: 'reset' }, { kind: 'reset' }],
    ]) {
      expect(() => faults.add(wrong)).toThrow();
    }
    expect(faults.list()).toEqual([]);
  });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  chunks: Buffer[];
  /** Whether the answer came to its proper end. */
  ended: boolean;
  error?: string;
}

/** The smallest Mixpanel: one answer, sent through its faults. */
async function startMixpanel() {
  const faults = createFaults();
  const delivered: SendResult[] = [];
  const failures: string[] = [];
  const reply: Reply = { status: 200, headers: { 'content-type': 'text/plain' }, body: EXPORT };
  const state = { asked: 0, slow: false };
  let markStarted: () => void;
  const begun = new Promise<void>((resolve) => {
    markStarted = resolve;
  });
  const server: Server = createServer(async (incoming, response) => {
    const fault = faults.take({ method: incoming.method ?? '', path: incoming.url ?? '', params: {} });
    const replaced = fault && createFaultReply(fault, '1234567');
    if (!replaced) state.asked += 1;
    const acceptsGzip = incoming.headers['accept-encoding'] === 'gzip';
    markStarted();
    if (state.slow) await once(response, 'close');
    sendReply(response, replaced ?? reply, { fault, acceptsGzip }).then(
      (outcome) => delivered.push(outcome),
      (error: Error) => failures.push(error.message),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = (headers = {}) =>
    request({ port, host: '127.0.0.1', path: '/export', headers })
      .on('error', () => {})
      .end();

  return {
    faults,
    reply,
    delivered,
    failures,
    open,
    begun: () => begun,
    /** From now on an answer is only made when its caller has left. */
    slowly: () => {
      state.slow = true;
    },
    get asked() {
      return state.asked;
    },
    fault: (fault: Record<string, unknown>) => faults.add({ path: '/export', ...fault }),
    get: ({ gzip = false } = {}): Promise<Answer> =>
      new Promise((resolve) => {
        const chunks: Buffer[] = [];
        let answered: { status: number; headers: IncomingHttpHeaders } = { status: 0, headers: {} };
        const done = (ended: boolean, error?: string) => {
          const bytes = Buffer.concat(chunks);
          resolve({ ...answered, bytes, text: bytes.toString(), chunks, ended, ...(error ? { error } : {}) });
        };
        open(gzip ? { 'accept-encoding': 'gzip' } : {})
          .on('error', (error: NodeJS.ErrnoException) => done(false, error.code))
          .on('response', (incoming) => {
            answered = { status: incoming.statusCode ?? 0, headers: incoming.headers };
            incoming
              .on('data', (chunk: Buffer) => chunks.push(chunk))
              .on('end', () => done(incoming.complete))
              .on('error', (error: NodeJS.ErrnoException) => done(false, error.code));
          });
      }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function* repeatExport(times: number): AsyncGenerator<string> {
  for (let time = 0; time < times; time += 1) yield EXPORT;
}

async function* failMidway(): AsyncGenerator<string> {
  yield EXPORT.repeat(100);
  throw new Error('the data set broke');
}
