import { expect, test } from 'vitest';
import { startLocalMixpanel } from './local-mixpanel.js';
import { appsmithBody, PASSWORD, startService } from './test-service.js';

test('Prometheus sees queries by command and outcome, how the cache served them, and the quota left', async () => {
  const { url, execute } = await startService();
  await execute(appsmithBody());
  await execute(appsmithBody());
  await execute(appsmithBody({ command: 'GET_TODAYS_TOP_EVENTS', limit: 'many' }));
  await execute(appsmithBody({ command: 'anything a person typed' }));

  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const samples = await readSamples(response);
  expect(samples).toMatchObject({
    'mixpanel_datasource_executes_total{command="GET_TODAYS_TOP_EVENTS",outcome="ok"}': 2,
    'mixpanel_datasource_executes_total{command="GET_TODAYS_TOP_EVENTS",outcome="INVALID_INPUT"}': 1,
    'mixpanel_datasource_executes_total{command="unknown",outcome="UNKNOWN_COMMAND"}': 1,
    'mixpanel_datasource_cache_results_total{state="MISS"}': 1,
    'mixpanel_datasource_cache_results_total{state="HIT"}': 1,
    'mixpanel_datasource_execute_duration_seconds_count{command="GET_TODAYS_TOP_EVENTS"}': 3,
    'mixpanel_datasource_quota_left{region="US",project_id="12345"}': 59,
    mixpanel_datasource_in_flight: 0,
    mixpanel_datasource_busy_total: 0,
  });
});

test('running and rejected queries are counted', async () => {
  const { url, execute, mixpanel } = await startService({ maxInFlight: 1 });
  const release = mixpanel.hold();
  const running = execute(appsmithBody());
  await mixpanel.arrived(1);
  await execute(appsmithBody());
  const samples = await readSamples(await fetch(`${url}/metrics`));
  release();
  await running;
  expect(samples).toMatchObject({ mixpanel_datasource_in_flight: 1, mixpanel_datasource_busy_total: 1 });
});

test('no label holds what a person typed or a secret', async () => {
  const refusing = await startLocalMixpanel(() => ({ status: 401, body: { error: PASSWORD } }));
  const { url, execute } = await startService({ pathPrefix: 'a-secret-nobody-guesses' }, refusing);
  await execute(appsmithBody());
  await execute(appsmithBody({ command: PASSWORD, projectId: PASSWORD }));
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('outcome="WRONG_CREDENTIALS"');
  for (const secret of [PASSWORD, 'svc.user', 'a-secret-nobody-guesses']) expect(text).not.toContain(secret);
});

async function readSamples(response: Response): Promise<Record<string, number>> {
  const lines = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
