import { describe, expect, test } from 'vitest';
import { MEGABYTE } from '../../src/json/bytes.js';
import { createPlugin } from '../../src/plugin.js';
import { startLocalMixpanel, TODAYS_TOP_EVENTS } from './local-mixpanel.js';
import { appsmithBody, PASSWORD, startService } from './test-service.js';

/** Every field of Appsmith's `ActionExecutionResult` that it can parse. */
const PARSABLE = new Set([
  'isExecutionSuccess',
  'statusCode',
  'headers',
  'body',
  'messages',
  'title',
  'errorType',
  'readableError',
]);

// Appsmith CE, application-ce.properties: `appsmith.codec.size` is 150 MB unless APPSMITH_CODEC_SIZE says more.
test('the largest answer is at most what Appsmith reads', async () => {
  await expect(startService({ maxAnswerBytes: 151 * MEGABYTE })).rejects.toThrow(/at most 150 MB.* 151 MB/);
  await expect(startService({ maxAnswerBytes: 150 * MEGABYTE })).resolves.toBeDefined();
});

describe('a query from Appsmith', () => {
  test('is answered with the bare result: rows, and what fits no row in the headers', async () => {
    const { post, mixpanel } = await startService();
    const response = await post(appsmithBody());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    const result = (await response.json()) as Record<string, unknown>;
    expect(result).toMatchObject({
      isExecutionSuccess: true,
      statusCode: '200',
      headers: { 'x-cache': ['MISS'], 'x-rows': ['2'], 'x-quota-left': ['59'] },
      body: [
        { event: 'Signup', amount: 12, percentChange: 0.5 },
        { event: 'Purchase', amount: 7, percentChange: null },
      ],
    });
    expect(Object.keys(result).filter((key) => !PARSABLE.has(key))).toEqual([]);
    expect(mixpanel.requests).toEqual(['GET /api/query/events/top?project_id=12345&type=general&limit=100']);
  });

  test('takes its values wrapped and plain, and leaves those of other forms aside', async () => {
    const { execute, mixpanel } = await startService();
    await execute(
      appsmithBody({
        command: { data: 'GET_TODAYS_TOP_EVENTS', viewType: 'component' },
        limit: { viewType: 'component', componentData: '5', data: '5' },
        type: 'unique',
        projectId: '',
        fromDate: 'not a date at all',
        trackedEvents: '',
      }),
    );
    expect(mixpanel.requests).toEqual(['GET /api/query/events/top?project_id=12345&type=unique&limit=5']);
  });

  test('that repeats the last one costs nothing', async () => {
    const { execute, mixpanel } = await startService();
    await execute(appsmithBody());
    const again = await execute(appsmithBody());
    expect(again.headers['x-cache']).toEqual(['HIT']);
    expect(mixpanel.requests).toHaveLength(1);
  });

  test('is given the time Appsmith waits, less a margin', async () => {
    const plugin = createPlugin();
    const times: (number | undefined)[] = [];
    const { execute } = await startService({
      plugin: {
        ...plugin,
        execute: async (call) => {
          times.push(call.timeoutMs);
          return plugin.execute({ ...call, command: '' });
        },
      },
    });
    await execute(appsmithBody());
    expect(times).toEqual([29_500]);
  });

  test('whose time runs out gets an answer all the same', async () => {
    const { execute, mixpanel } = await startService();
    const release = mixpanel.hold();
    const body = appsmithBody();
    body.actionConfiguration.timeoutInMillisecond = 400;
    const result = await execute(body);
    release();
    expect(result).toMatchObject({ isExecutionSuccess: false, statusCode: '504' });
  });
});

describe('whatever goes wrong, Appsmith gets status 200 and a sentence', () => {
  const wholeBody = appsmithBody();

  test.each<[string, unknown, RegExp]>([
    ['unparsable JSON', '{"password":', /not JSON/],
    ['an empty body', '', /not JSON/],
    ['JSON that is no execution', '[]', /names no plugin/],
    ['another plugin', { ...wholeBody, pluginName: 'twilio-1.2-plugin' }, /--appsmith-upstream/],
    ['a command of its own', appsmithBody({ command: 'SEGMENTATION' }), /no command "SEGMENTATION"/],
    ['no datasource', { ...wholeBody, datasource: undefined }, /datasource needs a correction/],
    [
      'a wrong value',
      appsmithBody({ command: 'GET_TODAYS_TOP_EVENTS', limit: 'many' }),
      /Limit: must be a whole number/,
    ],
    ['a body too large', 'x'.repeat(100_001), /larger than the 100000 bytes/],
  ])('%s', async (_, body, sentence) => {
    const { post, mixpanel } = await startService({ maxBodyBytes: 100_000 });
    const response = await post(body);
    expect(response.status).toBe(200);
    const result = (await response.json()) as Record<string, unknown>;
    expect(result.isExecutionSuccess).toBe(false);
    expect(result.readableError).toMatch(sentence);
    expect(result.body).toBe(result.readableError);
    expect(result.title).toBeTruthy();
    expect(Object.keys(result).filter((key) => !PARSABLE.has(key) || key === 'messages')).toEqual([]);
    expect(mixpanel.requests).toEqual([]);
  });

  test('a body too large that comes in pieces', async () => {
    const { url } = await startService({ maxBodyBytes: 1000 });
    const pieces = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 50; index += 1)
          controller.enqueue(new TextEncoder().encode(' '.repeat(100)));
        controller.close();
      },
    });
    const response = await fetch(`${url}/api/v1/actions/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: pieces,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ statusCode: '413' });
  });

  test('a whole body that comes in pieces is read', async () => {
    const { url } = await startService();
    const response = await fetch(`${url}/api/v1/actions/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([JSON.stringify(appsmithBody())]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await response.json()).toMatchObject({ isExecutionSuccess: true });
  });

  test('a failure of Mixpanel', async () => {
    const refusing = await startLocalMixpanel(() => ({
      status: 401,
      body: { error: 'Invalid credentials' },
    }));
    const { post } = await startService({}, refusing);
    const response = await post(appsmithBody());
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ isExecutionSuccess: false, statusCode: '401' });
    expect(text).not.toContain(PASSWORD);
  });

  test('a fault of our own', async () => {
    const plugin = createPlugin();
    const { post, lines } = await startService({
      plugin: { ...plugin, execute: () => Promise.reject(new RangeError('Invalid array length')) },
    });
    const response = await post(appsmithBody());
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      statusCode: '500',
      headers: { 'x-error-code': ['INTERNAL'] },
    });
    expect(lines.join('')).toContain('Invalid array length');
  });

  test('a form of another site, which cannot say it sends JSON', async () => {
    const { url, mixpanel } = await startService();
    const response = await fetch(`${url}/api/v1/actions/execute`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(appsmithBody()),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ isExecutionSuccess: false });
    expect(mixpanel.requests).toEqual([]);
  });
});

test('an answer too large for Appsmith loses rows, not its head', async () => {
  const events = Array.from({ length: 2000 }, (_, index) => ({
    event: `Event ${index}`,
    amount: index,
    percent_change: 0,
  }));
  const large = await startLocalMixpanel(() => ({ body: { ...TODAYS_TOP_EVENTS, events } }));
  const { post } = await startService({ maxAnswerBytes: 20_000 }, large);
  const text = await (await post(appsmithBody())).text();
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
  const { body, messages } = JSON.parse(text);
  expect(body[0]).toEqual({ event: 'Event 0', amount: 0, percentChange: 0 });
  expect(messages[0]).toContain(`Only the first ${body.length} of 2,000 rows`);
});

test('queries beyond the limit are refused as busy, and the others are not disturbed', async () => {
  const { execute, post, mixpanel, url } = await startService({ maxInFlight: 2 });
  const release = mixpanel.hold();
  const running = [1, 2].map((limit) =>
    execute(appsmithBody({ command: 'GET_TODAYS_TOP_EVENTS', limit: String(limit) })),
  );
  await mixpanel.arrived(2);
  const busy = await post(appsmithBody());
  expect(busy.status).toBe(200);
  expect(await busy.json()).toMatchObject({
    statusCode: '503',
    title: 'Service busy',
    readableError: expect.stringContaining('2 queries at a time'),
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  release();
  expect((await Promise.all(running)).map(({ isExecutionSuccess }) => isExecutionSuccess)).toEqual([
    true,
    true,
  ]);
  expect(await execute(appsmithBody())).toMatchObject({ isExecutionSuccess: true });
});
