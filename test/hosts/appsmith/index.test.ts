import { describe, expect, test } from 'vitest';
import { commands } from '../../../src/commands/index.js';
import { PluginError } from '../../../src/errors.js';
import {
  type ActionExecutionResult,
  buildPluginFeed,
  readExecuteRequest,
  writeExecuteResult,
  writeExecuteResultInTurns,
} from '../../../src/hosts/appsmith/index.js';
import { buildManifest } from '../../../src/hosts/appsmith/manifest/index.js';
import { MEGABYTE } from '../../../src/json/bytes.js';
import { Turns } from '../../../src/json/turns.js';
import type { QueryRequest } from '../../../src/query/prepared-query.js';
import { failureOf, type QueryResult, type ResultMeta } from '../../../src/result/query-result.js';
import { truncationMessage } from '../../../src/result/truncation.js';
import { readParameters } from '../../commands/command-fixture.js';

const OURS = 'mixpanel-1.0-plugin';

describe('an execution as Appsmith sends it', () => {
  test('becomes a call, with wrapped and plain values as they came', () => {
    expect(call({})).toEqual({
      datasource: { username: 'svc.user', password: 's3cret', projectId: '12345', region: 'US' },
      command: 'GET_TOP_EVENTS',
      parameters: {
        type: { viewType: 'component', componentData: 'general', data: 'general' },
        limit: '10',
      },
      timeoutMs: 29_500,
    });
  });

  test('may wrap the command', () => {
    expect(call({ command: { data: 'LIST_SAVED_COHORTS', viewType: 'component' } }).command).toBe(
      'LIST_SAVED_COHORTS',
    );
    expect(call({ command: { data: 'LIST_SAVED_COHORTS' } }).command).toBe('LIST_SAVED_COHORTS');
  });

  test('may name the command only as its template', () => {
    expect(call({ command: undefined }).command).toBe('GET_TEMPLATE');
    expect(call({ command: '' }).command).toBe('GET_TEMPLATE');
  });

  test('finds properties by their key, wherever they stand', () => {
    const properties = [{ key: 'region', value: 'EU' }, null, { key: 'projectId', value: '7' }];
    expect(call({ properties }).datasource).toMatchObject({ region: 'EU', projectId: '7' });
  });

  test('finds properties without a key by their place', () => {
    const properties = [{ value: '7' }, { key: null, value: 'IN' }];
    expect(call({ properties }).datasource).toMatchObject({ region: 'IN', projectId: '7' });
  });

  test('counts empty properties as absent', () => {
    const properties = [
      { key: 'projectId', value: '' },
      { key: 'region', value: null },
    ];
    const { region, projectId } = call({ properties }).datasource;
    expect([region, projectId]).toEqual([undefined, undefined]);
  });

  test.each([
    ['as given, a little less', 30_000, 29_500],
    ['as text', '20000', 19_500],
    ["Appsmith's default of ten seconds when missing", undefined, 9_500],
    ['a minute when it cannot be read', 'soon', 59_500],
    ['a minute when it is none', 0, 59_500],
    ['a minute when it is negative', -5, 59_500],
    ['half of a very short one', 600, 300],
    ['ten minutes at most', 9e15, 599_500],
  ])('has a deadline: %s', (_, timeoutInMillisecond, expected) => {
    expect(call({ timeoutInMillisecond }).timeoutMs).toBe(expected);
  });

  test('of another plugin is refused', () => {
    expect(readExecuteRequest({ ...buildRequest({}), pluginName: 'twilio-1.2-plugin' }, OURS)).toEqual({
      mine: false,
      pluginName: 'twilio-1.2-plugin',
    });
  });

  test.each([null, 'text', [], {}, { pluginName: 7 }])(
    'that is no execution (%j) is refused in a sentence',
    (body) => {
      expect(() => readExecuteRequest(body, OURS)).toThrow(PluginError);
      expect(() => readExecuteRequest(body, OURS)).toThrow(/names no plugin/);
    },
  );

  test('survives parts of any other shape', () => {
    const odd = { pluginName: OURS, datasource: [], actionConfiguration: { formData: 'x' } };
    expect(readExecuteRequest(odd, OURS)).toMatchObject({
      mine: true,
      call: { command: '', parameters: {} },
    });
  });
});

describe('a result as Appsmith can parse it', () => {
  test('holds the allowed fields and nothing else', async () => {
    const extended = {
      ...successOf([{ event: 'Signup', count: 3 }], { cache: { state: 'HIT', ageMs: 2400 } }, ['A hint.']),
      dataTypes: [{ dataType: 'TABLE' }],
      pluginErrorDetails: { title: 'x' },
      buildRequest: { requestedAt: '2026-01-01T00:00:00Z' },
      title: 'never on success',
    };
    expect(await writeAndParse(extended)).toEqual({
      isExecutionSuccess: true,
      statusCode: '200',
      headers: { 'x-cost': ['0'], 'x-cache': ['HIT'], 'x-cache-age': ['2'] },
      body: [{ event: 'Signup', count: 3 }],
      messages: ['A hint.'],
    });
  });

  test('says a failure twice and never as messages', async () => {
    const error = new PluginError('RATE_LIMITED_HOURLY', 'The hour is used up.');
    const result = await writeAndParse({ ...failureOf(error), messages: ['would blank the pane'] });
    expect(result).not.toHaveProperty('messages');
    expect(result).toMatchObject({
      isExecutionSuccess: false,
      statusCode: '429',
      title: 'Rate limit reached',
      errorType: 'RATE_LIMIT_ERROR',
      body: 'The hour is used up.',
      readableError: 'The hour is used up.',
    });
  });

  test('keeps within the size that is passed on, and says how many rows are missing', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({ event: 'Käse', index, text: '…'.repeat(10) }));
    const text = writeExecuteResult(successOf(rows, { rows: 1000 }, ['Stale.']), 20_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
    const result = JSON.parse(text) as ActionExecutionResult & { body: unknown[] };
    const kept = result.body.length;
    expect(kept).toBeGreaterThan(200);
    expect(result.body).toEqual(rows.slice(0, kept));
    expect(result.headers).toEqual({
      'x-rows': [String(kept)],
      'x-rows-truncated': ['true'],
      'x-cost': ['0'],
    });
    expect(result.messages?.[0]).toBe('Stale.');
    expect(result.messages?.[1]).toContain(`Only the first ${kept} of 1,000 rows`);
  });

  test('says once how many rows are here when rows were cut before', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({ index, text: '…'.repeat(20) }));
    const earlier = truncationMessage(1000, { because: 'the host takes no more.' });
    const { messages } = await writeAndParse(
      successOf(rows, { rows: 1000, truncated: true }, [earlier, 'Stale.']),
      20_000,
    );
    expect(messages).toEqual([
      'Stale.',
      expect.stringMatching(/^Only the first \d+ of more than 1,000 rows are here: /),
    ]);
  });

  test('is whole when it just fits', async () => {
    const result = successOf([{ a: 1 }, { a: 2 }]);
    const bytes = Buffer.byteLength(writeExecuteResult(result));
    expect(writeExecuteResult(result, bytes)).toBe(writeExecuteResult(result));
  });

  test('is written in turns when it has many rows, so that others are answered meanwhile', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ index, text: 'x'.repeat(500) }));
    const turns = new Turns();
    const text = await writeExecuteResultInTurns(successOf(rows), undefined, turns);
    expect(turns.count).toBeGreaterThanOrEqual(5);
    expect(JSON.parse(text).body).toEqual(rows);
  });

  test('is a failure when what is too large has no rows to cut', async () => {
    const result = await writeAndParse(successOf('a,b\n'.repeat(10_000)), 20_000);
    expect(result).toMatchObject({
      isExecutionSuccess: false,
      headers: { 'x-error-code': ['ANSWER_TOO_LARGE'] },
    });
    expect(result.readableError).toContain('Ask for less');
  });
});

// jackson-core 2.17, StreamReadConstraints.java, which SaasPlugin.java leaves at its defaults: 20,000,000 characters
// of a string, 1,000 levels, 1,000 digits, 50,000 characters of a name. What it cannot read it answers with
// PE-JSN-4000 and the request, password included.
describe("what Appsmith's parser would refuse", () => {
  const nested = (levels: number) => {
    let value: unknown = 'x';
    for (let level = 0; level < levels; level += 1) value = level % 2 ? { a: value } : [value];
    return value;
  };

  test.each([
    ['a text', 'x'.repeat(19_000_001), 'a text of 19,000,001 characters'],
    ['a text in a row', [{ a: 1 }, { a: 'x'.repeat(19_000_001) }], 'a text of 19,000,001 characters'],
    ['nesting', nested(901), 'more than 900 levels'],
    ['nesting beyond the call stack', nested(200_000), 'more than 900 levels'],
    ['a name', [{ ['n'.repeat(50_001)]: 1 }], 'a name of 50,001 characters'],
  ])('is too large an answer: %s', async (_, body, words) => {
    const result = await writeAndParse(successOf(body, { cost: 1 }), 150 * MEGABYTE);
    expect(result).toMatchObject({
      isExecutionSuccess: false,
      headers: { 'x-error-code': ['ANSWER_TOO_LARGE'], 'x-cost': ['1'] },
    });
    expect(result.readableError).toContain(words);
    expect(result.readableError).toContain('Ask for less');
  });

  test('leaves alone what it can read', async () => {
    const body = [{ text: 'x'.repeat(19_000_000), ['n'.repeat(49_000)]: nested(890) }];
    expect(await writeAndParse(successOf(body))).toMatchObject({ isExecutionSuccess: true });
  });

  test('holds no number of more than 1,000 digits, which JavaScript never writes', () => {
    const numbers = [Number.MAX_VALUE, Number.MIN_VALUE, -Number.MAX_SAFE_INTEGER, 1 / 3];
    for (const number of numbers) expect(JSON.stringify(number).length).toBeLessThan(30);
  });
});

// Appsmith CE, formControls/utils.ts: a control at `formData.x.data` saves {data, viewType, componentData, jsonData};
// once it is switched to JavaScript, `data` is the evaluated binding as text.
describe('a bound choice', () => {
  const read = (id: string, parameters: Record<string, unknown>) => readParameters(id, parameters);
  const SERIES = { events: '["Signup"]', fromDate: '2025-10-01', toDate: '2025-11-03' };

  test.each([
    ['saved plain, as before choices could be bound', 'week'],
    ['chosen', { data: 'week', viewType: 'component' }],
    ['bound', { data: 'week', viewType: 'json', componentData: 'day', jsonData: '{{Select1.value}}' }],
    ['bound to JSON text', { data: '"week"', viewType: 'json' }],
  ])('is read when it was %s', (_, unit) => {
    expect(read('GET_AGGREGATE_EVENT_COUNTS', { ...SERIES, unit }).unit).toBe('week');
  });

  test('bound to nothing is the default', () => {
    const unit = { viewType: 'json', componentData: 'month' };
    expect(read('GET_AGGREGATE_EVENT_COUNTS', { ...SERIES, unit }).unit).toBe('day');
  });

  test('of another command does not reach a list that lacks it', () => {
    const leftOver = { type: { data: 'average' }, rankBy: { data: 'unique' } };
    expect(read('GET_TOP_EVENTS', leftOver).type).toBe('unique');
    expect(read('GET_TOP_EVENTS', { ...leftOver, rankBy: { data: '' } }).type).toBe('general');
    expect(read('GET_AGGREGATE_EVENT_COUNTS', { ...SERIES, ...leftOver }).type).toBe('average');
  });

  test('under the key it had before is still read', () => {
    expect(read('GET_TODAYS_TOP_EVENTS', { type: 'unique' }).type).toBe('unique');
  });
});

describe('the plugin list', () => {
  const manifest = buildManifest(commands);

  test('holds the document of the manifest in the envelope Appsmith expects', () => {
    const feed = JSON.parse(JSON.stringify(buildPluginFeed(manifest)));
    expect(feed.responseMeta).toEqual({ status: 200, success: true });
    expect(feed.data).toEqual([JSON.parse(JSON.stringify(manifest))]);
  });

  test('has what Appsmith cannot do without', () => {
    const [document] = buildPluginFeed(manifest).data as Record<string, unknown>[];
    expect(document).toMatchObject({
      type: 'REMOTE',
      packageName: 'saas-plugin',
      pluginName: OURS,
      isRemotePlugin: true,
      remotePlugin: true,
      defaultInstall: true,
    });
  });

  test("keeps the plugins of Appsmith's own list and replaces one of our name", async () => {
    const { data } = buildPluginFeed(manifest, [
      { pluginName: 'airtable-1.0-plugin' },
      { pluginName: OURS },
      null,
    ]);
    expect(data).toEqual([{ pluginName: 'airtable-1.0-plugin' }, manifest]);
  });
});

interface RequestParts {
  command?: unknown;
  properties?: unknown;
  timeoutInMillisecond?: unknown;
}

function buildRequest(parts: RequestParts) {
  const command = 'command' in parts ? parts.command : 'GET_TOP_EVENTS';
  const timeoutInMillisecond = 'timeoutInMillisecond' in parts ? parts.timeoutInMillisecond : 30_000;
  const properties = parts.properties ?? [
    { key: 'projectId', value: '12345' },
    { key: 'region', value: 'US' },
  ];
  return {
    installationKey: 'inst-1',
    pluginName: OURS,
    pluginVersion: '1.0',
    actionTemplateName: 'GET_TEMPLATE',
    datasourceTemplateName: 'basic',
    datasource: {
      id: 'ds1',
      datasourceConfiguration: {
        authentication: { authenticationType: 'basic', username: 'svc.user', password: 's3cret' },
        properties,
        url: 'https://mixpanel.com',
      },
    },
    actionConfiguration: {
      timeoutInMillisecond,
      paginationType: 'NONE',
      encodeParamsToggle: true,
      selfReferencingDataPaths: [],
      formData: {
        command,
        type: { viewType: 'component', componentData: 'general', data: 'general' },
        limit: '10',
      },
    },
  };
}

function call(parts: RequestParts): QueryRequest {
  const read = readExecuteRequest(buildRequest(parts), OURS);
  if (!read.mine) throw new Error('taken for another plugin');
  return read.call;
}

function successOf(body: unknown, meta: Partial<ResultMeta> = {}, messages: string[] = []): QueryResult {
  return { ok: true, body, meta: { cost: 0, ...meta }, messages };
}

async function writeAndParse(result: QueryResult, maxBytes?: number): Promise<Record<string, unknown>> {
  return JSON.parse(writeExecuteResult(result, maxBytes));
}
