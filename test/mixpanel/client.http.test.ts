import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import nock from 'nock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { createClient, type RequestContext, type RequestOutcome } from '../../src/mixpanel/client.js';
import type { MixpanelRequest } from '../../src/mixpanel/request.js';

const CREDENTIALS = { username: 'svc.user', password: 's3cret-pass' };
const BASIC = `Basic ${Buffer.from('svc.user:s3cret-pass').toString('base64')}`;
const REQUEST: MixpanelRequest = {
  family: 'query',
  method: 'GET',
  path: '/api/query/events/names',
  projectId: '1',
  query: { project_id: '1', type: 'general', absent: undefined, spaces: 'a b&c' },
};

let server: Server | undefined;

afterEach(async () => {
  nock.cleanAll();
  await new Promise((done) => (server ? server.close(done).closeAllConnections() : done(undefined)));
  server = undefined;
});

/** A real server on this machine, and a call to it. */
async function sendTo(
  listener: RequestListener,
  context: Partial<RequestContext> = {},
  request: Partial<MixpanelRequest> = {},
  maxBytes?: number,
) {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const client = createClient({
    hosts: { query: url, app: url, export: url, ingestion: url },
    answerBytesCap: maxBytes,
  });
  return client.send({ ...REQUEST, ...request }, { region: 'US', credentials: CREDENTIALS, ...context });
}

async function rejectionOf(attempt: Promise<unknown>): Promise<{ code: ErrorCode; message: string }> {
  return attempt.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error,
  );
}

describe('what is sent', () => {
  it('goes to the host of the family and region, with Basic auth and the defined parameters', async () => {
    const scope = nock('https://data-eu.mixpanel.com', {
      reqheaders: { authorization: BASIC, 'accept-encoding': 'gzip' },
    })
      .get('/api/2.0/export')
      .query({ project_id: '1', type: 'general', spaces: 'a b&c' })
      .reply(200, 'ok', { 'Content-Type': 'text/plain' });
    const client = createClient();
    const answer = await client.send(
      { ...REQUEST, family: 'export', path: '/api/2.0/export' },
      { region: 'EU', credentials: CREDENTIALS },
    );
    expect(answer.text).toBe('ok');
    scope.done();
  });

  it('is form-encoded where Mixpanel wants a form, JSON where it wants JSON', async () => {
    const bodies: string[] = [];
    const echo: RequestListener = (request, response) => {
      request
        .on('data', (chunk) => bodies.push(`${request.headers['content-type']} ${chunk}`))
        .on('end', () => response.end('{}'));
    };
    await sendTo(echo, {}, { method: 'POST', form: { where: 'a == "b c"', page: 0, session_id: undefined } });
    expect(bodies).toEqual(['application/x-www-form-urlencoded where=a+%3D%3D+%22b+c%22&page=0']);
  });

  it('carries no credentials to /track, which needs none', async () => {
    let authorization: string | undefined = 'unseen';
    await sendTo(
      (request, response) => {
        authorization = request.headers.authorization;
        response.end('{}');
      },
      {},
      { method: 'POST', json: [], authenticated: false },
    );
    expect(authorization).toBeUndefined();
  });
});

it('a local Mixpanel is reached past the proxy of the environment', async () => {
  for (const name of ['HTTP_PROXY', 'http_proxy']) vi.stubEnv(name, 'http://127.0.0.1:9');
  for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '');
  try {
    expect((await sendTo((_, response) => response.end('[]'))).text).toBe('[]');
  } finally {
    vi.unstubAllEnvs();
  }
});

describe('what comes back', () => {
  it('holds no Basic header, and an error no password, though a proxy shows what it was sent', async () => {
    const echo = (status: number) =>
      sendTo((request, response) => {
        const given = request.headers.authorization;
        response.writeHead(status).end(`sent ${given} by ${CREDENTIALS.password}`);
      });
    expect((await echo(200)).text).toBe(`sent Basic [redacted] by ${CREDENTIALS.password}`);
    expect((await rejectionOf(echo(502))).message).toMatch(
      /Mixpanel says: sent Basic \[redacted\] by \[redacted\]$/,
    );
  });

  it('shows no value of a header that a person added, in an error about it', async () => {
    const echo = sendTo(
      (request, response) => response.writeHead(400).end(JSON.stringify(request.headers)),
      {},
      { headers: { 'X-Api-Key': 'key"of/mine', 'Content-Type': 'text/plain' } },
    );
    const { message } = await rejectionOf(echo);
    expect(message).toContain('"x-api-key":"[redacted]"');
    expect(message).toContain('text/plain');
  });

  it('is unzipped', async () => {
    const answer = await sendTo((_, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('["ä"]')),
    );
    expect(answer.text).toBe('["ä"]');
  });

  const transportFailures: [
    what: string,
    code: ErrorCode,
    reached: boolean | 'answered',
    listener: RequestListener,
  ][] = [
    ['a reset before the answer', 'NETWORK', true, (request) => request.socket.destroy()],
    [
      'a body shorter than promised',
      'NETWORK',
      'answered',
      (request, response) =>
        response.writeHead(200, { 'Content-Length': '100' }).write('["half', () => request.socket.destroy()),
    ],
    [
      'gzip that breaks off',
      'NETWORK',
      'answered',
      (_, response) =>
        response
          .writeHead(200, { 'Content-Encoding': 'gzip' })
          .end(gzipSync('x'.repeat(10_000)).subarray(0, 20)),
    ],
    [
      'a redirect',
      'UNEXPECTED_ANSWER',
      'answered',
      (_, response) => response.writeHead(302, { Location: 'https://evil.example/' }).end(),
    ],
    [
      'a web page for an error',
      'SERVER_TROUBLE',
      'answered',
      (_, response) => response.writeHead(502).end('<html><title>Bad Gateway</title></html>'),
    ],
  ];

  it.each(transportFailures)('%s is %s', async (_, code, reached, listener) => {
    const outcomes: RequestOutcome[] = [];
    const error = await rejectionOf(sendTo(listener, { onOutcome: (outcome) => outcomes.push(outcome) }));
    expect(error.code).toBe(code);
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]).toMatchObject(
      reached === 'answered' ? { kind: 'answered' } : { kind: 'failed', reached },
    );
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cret-pass');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(BASIC);
  });

  it('above the limit is cut off', async () => {
    const error = await rejectionOf(
      sendTo((_, response) => response.end('x'.repeat(3 * 1024 * 1024)), {}, {}, 2 * 1024 * 1024),
    );
    expect(error.code).toBe('ANSWER_TOO_LARGE');
    expect(error.message).toContain('larger than 2 MB');
  });

  it('of a connection that failed is not taken for a lost answer: it cannot have used quota', async () => {
    const outcomes: RequestOutcome[] = [];
    const nowhere = 'http://127.0.0.1:1';
    const client = createClient({
      hosts: { query: nowhere, app: nowhere, export: nowhere, ingestion: nowhere },
    });
    const error = await rejectionOf(
      client.send(REQUEST, {
        region: 'US',
        credentials: CREDENTIALS,
        onOutcome: (outcome) => outcomes.push(outcome),
      }),
    );
    expect(error.code).toBe('NETWORK');
    expect(outcomes).toEqual([{ kind: 'failed', reached: false }]);
  });

  it('too late is a time-out, and the socket is closed', async () => {
    let closed: () => void;
    const socketClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const error = await rejectionOf(
      sendTo((request) => request.socket.once('close', () => closed()), { deadline: Date.now() + 50 }),
    );
    expect(error.code).toBe('TIMEOUT');
    await socketClosed;
  });

  it('dripping on beyond the deadline is a time-out too', async () => {
    const drip: RequestListener = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 5);
      response.once('close', () => clearInterval(timer));
    };
    expect((await rejectionOf(sendTo(drip, { deadline: Date.now() + 60 }))).code).toBe('TIMEOUT');
  });

  it('is not waited for after an abort, which reaches the socket', async () => {
    const abort = new AbortController();
    let closed: () => void;
    const socketClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const error = await rejectionOf(
      sendTo(
        (request) => {
          request.socket.once('close', () => closed());
          abort.abort();
        },
        { signal: abort.signal },
      ),
    );
    expect(error.code).toBe('CANCELLED');
    await socketClosed;
  });
});
