import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/server/http-server.js';
import { InFlight } from '../../src/server/in-flight.js';
import { BodyReader, receivedBody } from '../../src/server/request-body.js';
import { appsmithBody, startService } from './test-service.js';

const EXECUTE = '/api/v1/actions/execute';

async function sendHalf(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    `POST ${EXECUTE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":`,
  );
  return socket;
}

function executeFrom(
  localAddress: string,
  port: number,
  limit = 1,
): Promise<{ text: string; retryAfter?: string }> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(appsmithBody({ command: 'GET_TODAYS_TOP_EVENTS', limit: String(limit) }));
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        localAddress,
        path: EXECUTE,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ text, retryAfter: response.headers['retry-after'] });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

test('senders that do not finish their body take no slot from those that do', async () => {
  const { execute, port } = await startService({ maxInFlight: 1 });
  for (let sender = 0; sender < 20; sender += 1) await sendHalf(port);
  expect(await execute(appsmithBody())).toMatchObject({ isExecutionSuccess: true });
});

test('one address gets a part of the slots, and another still gets in', async () => {
  const { mixpanel, port } = await startService({ maxInFlight: 4 });
  const release = mixpanel.hold();
  const running = [1, 2, 3].map((limit) => executeFrom('127.0.0.1', port, limit));
  await mixpanel.arrived(3);
  const busy = await executeFrom('127.0.0.1', port);
  expect(JSON.parse(busy.text)).toMatchObject({
    title: 'Service busy',
    readableError: expect.stringContaining('3 queries at a time for one address. Run the query again in'),
  });
  expect(Number(busy.retryAfter)).toBeGreaterThan(0);
  const other = executeFrom('127.0.0.2', port);
  release();
  for (const { text } of await Promise.all([...running, other]))
    expect(JSON.parse(text)).toMatchObject({ isExecutionSuccess: true });
});

test('an operator can give one address all slots, as behind a proxy', () => {
  const inFlight = new InFlight(4, { maxPerCaller: 4 });
  for (let query = 0; query < 4; query += 1) inFlight.enter('10.0.0.1');
  expect(inFlight.running).toBe(4);
});

test('a busy service says to come back after the time a query takes', () => {
  let now = 1_000_000;
  const inFlight = new InFlight(1, { now: () => now });
  for (let query = 0; query < 50; query += 1) {
    const leave = inFlight.enter();
    now += 7000;
    leave();
  }
  const leave = inFlight.enter();
  expect(() => inFlight.enter()).toThrow(expect.objectContaining({ code: 'BUSY', retryAt: now + 7000 }));
  leave();
  leave();
  expect(inFlight.running).toBe(0);
});

function appWith(reader: BodyReader): Hono {
  const app = new Hono();
  app.post(
    '/',
    reader.middleware((c, { code }) => c.json({ code }, 503)),
    (c) => c.json({ bytes: receivedBody(c).length }),
  );
  return app;
}

/** A body that sends a piece as often as it is read, and then nothing more. */
function streamOf(pieces: Uint8Array[], end: boolean) {
  const left = [...pieces];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else if (end) controller.close();
      else return new Promise(() => {});
      return undefined;
    },
  });
}

const send = (app: Hono, body: ReadableStream<Uint8Array>) =>
  app.request('/', { method: 'POST', body, duplex: 'half' } as RequestInit);

test('a body that stops arriving ends the request', async () => {
  const app = appWith(new BodyReader({ inFlight: new InFlight(1), maxBytes: 100, maxSilenceMs: 1 }));
  const response = await send(app, streamOf([Buffer.from('{"a":')], false));
  expect(await response.json()).toEqual({ code: 'TIMEOUT' });
  expect(response.headers.get('connection')).toBe('close');
});

test('a body without a length is read up to the limit and no further', async () => {
  const app = appWith(new BodyReader({ inFlight: new InFlight(1), maxBytes: 100 }));
  const piece = Buffer.alloc(50);
  expect(await (await send(app, streamOf([piece, piece], true))).json()).toEqual({ bytes: 100 });
  const large = await send(app, streamOf([piece, piece, Buffer.alloc(1)], false));
  expect(await large.json()).toEqual({ code: 'REQUEST_TOO_LARGE' });
});

test('bodies that arrive together are held up to a limit, and what one held is free again', async () => {
  const inFlight = new InFlight(1);
  const app = appWith(new BodyReader({ inFlight, maxBytes: 100, maxSilenceMs: 60_000 }));
  const open: ReadableStreamDefaultController<Uint8Array>[] = [];
  const pending = Array.from({ length: 16 }, () =>
    send(
      app,
      new ReadableStream({
        start(controller) {
          open.push(controller);
          controller.enqueue(Buffer.alloc(100));
        },
      }),
    ),
  );
  await expect
    .poll(async () => (await send(app, streamOf([Buffer.alloc(1)], true))).json())
    .toEqual({ code: 'BUSY' });
  for (const controller of open) controller.close();
  for (const response of await Promise.all(pending)) expect(await response.json()).toEqual({ bytes: 100 });
  expect(await (await send(app, streamOf([Buffer.alloc(1)], true))).json()).toEqual({ bytes: 1 });
});

test.each([
  ['headers', 'GET / HTTP/1.1\r\nHost: a'],
  ['a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\na'],
])('the connection of a sender that does not finish %s is closed', async (_, text) => {
  const { server, port } = await listen(() => {}, {
    host: '127.0.0.1',
    port: 0,
    timeouts: { headersMs: 20, requestMs: 20, checkMs: 10 },
  });
  onTestFinished(() => void server.close());
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(text);
  await once(socket, 'close');
  expect(server.listening).toBe(true);
});

test.each([
  ['empty objects', `{"a":[${'{},'.repeat(1_000_000)}{}]}`],
  ['open brackets', '['.repeat(2000)],
])('a body of many %s is refused before it is parsed', async (_, body) => {
  const { execute, url } = await startService();
  const [refused, health] = await Promise.all([execute(body), fetch(`${url}/healthz`)]);
  expect(refused).toMatchObject({
    isExecutionSuccess: false,
    readableError: expect.stringContaining('more values, or more levels'),
  });
  expect(health.status).toBe(200);
});

/** Opens a connection and asks over it; returns the status line, or nothing if the connection was closed. */
async function askOver(
  port: number,
  localAddress: string,
  path = '/',
): Promise<{ socket: Socket; status: string }> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const [chunk] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [''])]);
  return { socket, status: String(chunk).split('\r\n')[0]! };
}

test('one address has a part of the connections, and idle ones make room for new ones', async () => {
  const app = new Hono().get('/', (c) => c.text('ok')).get('/slow', () => new Promise<Response>(() => {}));
  const { server, port } = await listen(getRequestListener(app.fetch), {
    host: '127.0.0.1',
    port: 0,
    connections: { max: 4, maxPerCaller: 3 },
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  for (let count = 0; count < 3; count += 1) {
    const { socket } = await askOver(port, '127.0.0.1');
    // Under way, so it is not idle.
    socket.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
  }
  expect((await askOver(port, '127.0.0.1', '/slow')).status).toBe('');
  const idle = await askOver(port, '127.0.0.2');
  expect(idle.status).toBe('HTTP/1.1 200 OK');
  expect((await askOver(port, '127.0.0.3')).status).toBe('HTTP/1.1 200 OK');
});
