import { createRequire } from 'node:module';
import { join } from 'node:path';
import type {
  ICredentialTestFunctions,
  IExecuteFunctions,
  ILoadOptionsFunctions,
  INodeExecutionData,
  INodeType,
} from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/errors.js';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { type BuiltHosts, buildHosts, daysAgo } from './built.js';

const require = createRequire(import.meta.url);

let hosts: BuiltHosts;
let node: INodeType;
let plugin: MixpanelPlugin;

beforeAll(async () => {
  hosts = await buildHosts();
  const { Mixpanel } = require(join(hosts.folder, 'n8n/dist/nodes/Mixpanel/Mixpanel.node.js'));
  node = new Mixpanel();
  plugin = createPlugin({ hosts: hosts.sandbox.hosts });
});
afterAll(async () => {
  await plugin?.close();
  await hosts?.close();
});

interface Run {
  parameters: Record<string, unknown>;
  items?: number;
  credentials?: object;
  continueOnFail?: boolean;
  signal?: AbortSignal;
}

/** Runs the node as n8n does, as far as it can be told without n8n; `npm run verify:n8n` runs it in n8n itself. */
async function run({
  parameters,
  items = 1,
  credentials = hosts.credentials,
  continueOnFail = false,
  signal,
}: Run) {
  const hints: string[] = [];
  const context = {
    getInputData: () => Array.from({ length: items }, () => ({ json: {} })),
    getNodeParameter: (name: string, _item: number, fallback: unknown) => parameters[name] ?? fallback,
    getCredentials: async () => credentials,
    getExecutionCancelSignal: () => signal,
    getNode: () => ({
      id: '1',
      name: 'Mixpanel',
      type: 'mixpanel',
      typeVersion: 1,
      position: [0, 0],
      parameters,
    }),
    continueOnFail: () => continueOnFail,
    addExecutionHints: (...added: { message: string }[]) =>
      hints.push(...added.map(({ message }) => message)),
    helpers: {
      prepareBinaryData: async (data: Buffer, fileName: string, mimeType: string) => ({
        data: data.toString(),
        fileName,
        mimeType,
      }),
    },
  };
  const [output] = (await node.execute!.call(
    context as unknown as IExecuteFunctions,
  )) as INodeExecutionData[][];
  return { items: output!, hints };
}

const locator = (value: string) => ({ __rl: true, mode: 'list', value });

describe('running', () => {
  test('gives one item per row, each paired with the item it came from', async () => {
    const parameters = {
      operation: 'GET_TOP_EVENTS',
      projectId: locator(''),
      type: 'general',
      response: 'rows',
      options: { limit: 3 },
    };
    const { items } = await run({ parameters, items: 2 });
    const result = await plugin.execute({
      datasource: hosts.credentials as never,
      command: 'GET_TOP_EVENTS',
      parameters: { limit: 3 },
    });
    const rows = result.ok ? (result.body as object[]) : [];
    expect(rows).toHaveLength(3);
    expect(items.map(({ json }) => json)).toEqual([...rows, ...rows]);
    expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
      ...rows.map(() => ({ item: 0 })),
      ...rows.map(() => ({ item: 1 })),
    ]);
  });

  test('lets the nodes that follow change their items', async () => {
    const parameters = { operation: 'GET_TOP_EVENTS', options: { limit: 1 } };
    const [first] = (await run({ parameters })).items;
    first!.json.event = 'changed';
    const [again] = (await run({ parameters })).items;
    expect(again!.json.event).not.toBe('changed');
  });

  test('gives CSV as a file', async () => {
    const { items } = await run({
      parameters: { operation: 'GET_TOP_EVENTS', format: 'csv', options: { limit: 1 } },
    });
    expect(items).toEqual([
      {
        json: {},
        binary: {
          data: {
            data: expect.stringMatching(/^event,rank\n/),
            fileName: 'get_top_events.csv',
            mimeType: 'text/csv',
          },
        },
        pairedItem: { item: 0 },
      },
    ]);
  });

  test('streams an export up to the cap, and says when there was more', async () => {
    const dates = { fromDate: daysAgo(30), toDate: daysAgo(1) };
    const all = await run({ parameters: { operation: 'DOWNLOAD_DATA', ...dates } });
    expect(all.hints).toEqual([]);
    expect(all.items.length).toBeGreaterThan(5);
    const some = await run({
      parameters: { operation: 'DOWNLOAD_DATA', ...dates, options: { maxItems: 5 } },
    });
    expect(some.items).toEqual(all.items.slice(0, 5));
    expect(some.hints).toEqual([expect.stringContaining('Only the first 5 items')]);
    const exact = await run({
      parameters: { operation: 'DOWNLOAD_DATA', ...dates, options: { maxItems: all.items.length } },
    });
    expect(exact.hints).toEqual([]);
  });

  test('streams profiles page after page, those of a chosen cohort too', async () => {
    const everybody = await run({ parameters: { operation: 'QUERY_PROFILES', options: { pages: 'all' } } });
    const datasource = hosts.credentials as never;
    const [cohort] = (await plugin.options({ datasource, lookup: 'cohorts' })).options;
    const options = { pages: 'all', formData_filter_by_cohort_id: locator(cohort!.value) };
    const members = await run({ parameters: { operation: 'QUERY_PROFILES', options } });
    expect(members.items.length).toBeLessThan(everybody.items.length);
    const idsOf = ({ items }: Awaited<ReturnType<typeof run>>) =>
      items.map(({ json }) => String(json.distinct_id));
    expect(idsOf(everybody)).toEqual(expect.arrayContaining(idsOf(members)));
  });

  test('gives a hint when a result is older than asked for', async () => {
    const parameters = { operation: 'GET_TOP_EVENTS', options: { limit: 4, cacheSeconds: 1 } };
    const { items, hints } = await run({ parameters });
    expect(hints).toEqual([]);
    await hosts.setFault({ kind: 'status', path: '/api/query/*', status: 503, times: 1_000 });
    await expect.poll(() => run({ parameters })).toEqual({ items, hints: [expect.stringMatching(/\w/)] });
    await hosts.setFault();
  });

  test('ends when the time of its options is over, a stream too', async () => {
    await hosts.setFault({ kind: 'latency', path: '/api/*', ms: 30_000, times: 2 });
    const dates = { fromDate: daysAgo(3), toDate: daysAgo(2) };
    for (const parameters of [
      { operation: 'GET_TOP_EVENTS', options: { cacheSeconds: 0, timeoutSeconds: 0.5 } },
      { operation: 'DOWNLOAD_DATA', ...dates, options: { timeoutSeconds: 0.5 } },
    ]) {
      const error = await run({ parameters }).catch((thrown) => thrown);
      expect(error.description).toBe(`${ERRORS.TIMEOUT.title}.`);
    }
    await hosts.setFault();
  });

  test('keeps a stream for as long as its cache is asked for', async () => {
    const parameters = {
      operation: 'DOWNLOAD_DATA',
      fromDate: daysAgo(5),
      toDate: daysAgo(4),
      options: { cacheSeconds: 600 },
    };
    const before = await exported();
    const first = await run({ parameters });
    const second = await run({ parameters });
    expect(second.items).toEqual(first.items);
    expect((await exported()) - before).toBe(1);
  });

  test('takes events as an array, as JSON and as a comma list', async () => {
    const results = await Promise.all(
      [['Signup', 'Purchase'], '["Signup", "Purchase"]', 'Signup, Purchase'].map((events) =>
        run({
          parameters: {
            operation: 'GET_AGGREGATE_EVENT_COUNTS',
            events,
            unit: 'day',
            // A date picker's value, and what the expression `$now` gives.
            fromDate: `${daysAgo(3)}T00:00:00.000+02:00`,
            toDate: { toJSON: () => `${daysAgo(1)}T12:30:00.000+00:00` },
          },
        }),
      ),
    );
    expect(results[0]!.items.length).toBeGreaterThan(0);
    expect(results[1]!.items).toEqual(results[0]!.items);
    expect(results[2]!.items).toEqual(results[0]!.items);
  });
});

describe('failing', () => {
  test('is a NodeOperationError with every mistake for what is wrong in the form', async () => {
    const error = await run({
      parameters: { operation: 'GET_TOP_EVENT_PROPERTIES', options: { limit: -1 } },
    }).catch((thrown) => thrown);
    expect(error.constructor.name).toBe('NodeOperationError');
    expect(error.message).toContain('Event');
    expect(error.message).toContain('Limit');
    expect(error.context.itemIndex).toBe(0);
  });

  test('is a NodeApiError with our sentence and the status, and holds no secret', async () => {
    const credentials = { ...hosts.credentials, password: 'wrong-secret' };
    const parameters = { operation: 'GET_TOP_EVENTS', options: { cacheSeconds: 0 } };
    const error = await run({ parameters, credentials }).catch((thrown) => thrown);
    expect(error.constructor.name).toBe('NodeApiError');
    expect(error.httpCode).toBe('401');
    expect(error.message).not.toBe('Authorization failed - please check your credentials');
    expect(error.description).toBe(`${ERRORS.WRONG_CREDENTIALS.title}.`);
    expect(JSON.stringify({ ...error, message: error.message, cause: error.cause })).not.toContain(
      'wrong-secret',
    );
  });

  test('is an item in place of the rows where the node goes on', async () => {
    const parameters = { operation: 'GET_TOP_EVENT_PROPERTIES' };
    const { items } = await run({ parameters, continueOnFail: true, items: 2 });
    expect(items).toEqual(
      [0, 1].map((item) => ({
        json: { error: expect.stringContaining('Event'), code: 'INVALID_INPUT', status: 400 },
        pairedItem: { item },
      })),
    );
  });

  test('is cancelled with the execution', async () => {
    const parameters = { operation: 'DOWNLOAD_DATA', fromDate: daysAgo(3), toDate: daysAgo(1) };
    const error = await run({ parameters, signal: AbortSignal.abort() }).catch((thrown) => thrown);
    expect(error.description).toBe(`${ERRORS.CANCELLED.title}.`);
  });
});

describe('looking up', () => {
  const context = (parameters: object) =>
    ({
      getCredentials: async () => hosts.credentials,
      getCurrentNodeParameters: () => parameters,
      getNode: () => ({ name: 'Mixpanel' }),
    }) as unknown as ILoadOptionsFunctions;

  test('fills a searchable list, and filters it', async () => {
    const search = node.methods!.listSearch!.projects!;
    const { results } = await search.call(context({}));
    expect(results.length).toBeGreaterThan(1);
    const found = await search.call(context({}), hosts.credentials.projectId);
    expect(found.results.map(({ value }) => value)).toEqual([hosts.credentials.projectId]);
  });

  test('fills a dropdown of events, and the properties of the chosen one', async () => {
    const events = await node.methods!.loadOptions!.events!.call(context({ projectId: locator('') }));
    expect(events.map(({ value }) => value)).toContain('Signup');
    const { results } = await node.methods!.listSearch!.properties!.call(
      context({ event: locator('Signup') }),
    );
    expect(results.length).toBeGreaterThan(0);
  });

  test('says why it cannot when what it depends on is an expression', async () => {
    const search = node.methods!.listSearch!.properties!;
    await expect(search.call(context({ event: locator('={{ $json.event }}') }))).rejects.toThrow(
      'expression',
    );
  });
});

test('a credential is tested in words', async () => {
  const test = node.methods!.credentialTest!.testMixpanelCredential!;
  const of = (data: object) =>
    test.call({} as ICredentialTestFunctions, { id: '1', name: 'c', type: 't', data: data as never });
  expect(await of(hosts.credentials)).toMatchObject({
    status: 'OK',
    message: expect.stringContaining('Connected'),
  });
  const wrong = await of({ ...hosts.credentials, password: 'wrong-secret' });
  expect(wrong).toMatchObject({ status: 'Error' });
  expect(wrong.message).not.toContain('wrong-secret');
});

/** How many exports the sandbox has been asked for. */
async function exported(): Promise<number> {
  const answer = await fetch(`${hosts.sandbox.url}/_sandbox/requests`);
  const { requests } = (await answer.json()) as { requests: { path: string }[] };
  return requests.filter(({ path }) => path.startsWith('/api/2.0/export')).length;
}
