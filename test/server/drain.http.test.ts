import { expect, test } from 'vitest';
import { appsmithBody, startService } from './test-service.js';

test('a service that is stopped loses no answer: running queries end, new ones are refused as busy', async () => {
  const { execute, close, mixpanel, url, post } = await startService({ drainMs: 60_000 });
  const release = mixpanel.hold();
  const running = post(appsmithBody());
  await mixpanel.arrived(1);

  let closed = false;
  const closing = close().then(() => {
    closed = true;
  });
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ status: 'draining' });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const late = await post(appsmithBody());
  expect(late.status).toBe(200);
  expect(await late.json()).toMatchObject({
    statusCode: '503',
    readableError: expect.stringContaining('shutting down'),
  });
  expect(closed).toBe(false);

  release();
  const answer = await running;
  expect(answer.headers.get('connection')).toBe('close');
  expect(await answer.json()).toMatchObject({ isExecutionSuccess: true });
  await closing;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  await expect(execute(appsmithBody())).rejects.toThrow();
});

test('a query that does not end in time is cancelled and answered', async () => {
  const { execute, close, mixpanel } = await startService({ drainMs: 0 });
  const release = mixpanel.hold();
  const running = execute(appsmithBody());
  await mixpanel.arrived(1);
  await close();
  release();
  expect(await running).toMatchObject({
    isExecutionSuccess: false,
    headers: { 'x-error-code': ['CANCELLED'] },
  });
});

test('connections that wait for a next request do not hold it up', async () => {
  const { execute, close } = await startService({ drainMs: 60_000 });
  await execute(appsmithBody());
  await close();
  await close();
});
