import { expect, test } from 'vitest';
import { createLogger } from '../../src/server/logger.js';
import { startLocalMixpanel } from './local-mixpanel.js';
import { appsmithBody, PASSWORD, startService } from './test-service.js';

const PREFIX = 'a-secret-nobody-guesses';
const BASIC = Buffer.from(`svc.user:${PASSWORD}`).toString('base64');

test('a query leaves one line: its command, how it ended, how long it took', async () => {
  const { execute, lines } = await startService();
  lines.length = 0;
  await execute(appsmithBody());
  expect(lines).toHaveLength(1);
  const { time: _, pid: __, hostname: ___, ...line } = JSON.parse(lines[0] ?? '');
  expect(line).toEqual({
    level: 30,
    msg: 'query',
    command: 'GET_TODAYS_TOP_EVENTS',
    outcome: 'ok',
    cache: 'MISS',
    durationMs: expect.any(Number),
  });
});

test('whatever happens, no line holds a password, a header with it, a request or the prefix', async () => {
  const echoing = await startLocalMixpanel(({ headers }) => ({
    status: 401,
    body: { error: `Not ${headers.authorization}` },
  }));
  const { url, post, lines } = await startService(
    { pathPrefix: PREFIX, maxBodyBytes: 5000, appsmithUpstream: 'http://127.0.0.1:9' },
    echoing,
  );
  const headers = { authorization: `Basic ${BASIC}`, cookie: 'session=c00kie' };
  await post(appsmithBody());
  await post(appsmithBody({ command: PASSWORD, limit: PASSWORD }));
  await post(`{"password":"${PASSWORD}"`);
  await post({ ...appsmithBody(), pluginName: PASSWORD });
  await post('x'.repeat(6000) + PASSWORD);
  await fetch(`${url}/api/v1/${PASSWORD}?q=${PASSWORD}`, { headers });
  await fetch(`${url}/api/v1/plugins?${PASSWORD}`, { headers });
  await fetch(`${url}/nowhere/${PASSWORD}`, { headers });
  await fetch(new URL(`/${PREFIX}-wrong/${PASSWORD}`, url), { headers });
  const log = lines.join('');
  expect(lines.length).toBeGreaterThanOrEqual(6);
  for (const secret of [PASSWORD, BASIC, 'c00kie', 'svc.user', PREFIX]) expect(log).not.toContain(secret);
});

test('a secret that gets into a line all the same is taken out by its name, or by its text', () => {
  const lines: string[] = [];
  const logger = createLogger({ secrets: [PREFIX], destination: { write: (line) => void lines.push(line) } });
  logger.info({ password: PASSWORD, headers: { authorization: BASIC, cookie: 'c00kie' } }, 'flat');
  logger.info({ call: { datasource: { username: 'u', password: PASSWORD } }, body: PASSWORD }, 'deep');
  logger.info({ request: { call: { datasource: { password: PASSWORD } } } }, 'deeper');
  logger.info({ response: { headers: { 'set-cookie': ['c00kie'] } } }, 'cookies');
  logger.error({
    err: Object.assign(new Error(`at /${PREFIX}/x`), { sent: `{"password":"${PASSWORD}"}` }),
  });
  logger.info(`listening at /${PREFIX}`);
  const log = lines.join('');
  expect(lines).toHaveLength(6);
  for (const secret of [PASSWORD, BASIC, 'c00kie', PREFIX]) expect(log).not.toContain(secret);
  expect(log).toContain('[redacted]');
  expect(log).toContain('"username":"u"');
});

test('a level can be chosen', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
  logger.info('not this');
  logger.warn('this');
  expect(lines).toHaveLength(1);
});
