import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBrowser } from '../../workbench/page/workbench-page.js';
import { type SandboxClient, startSandboxClient } from '../sandbox-client.js';

// Mixpanel's library for browsers against the sandbox, on a page of another origin.

const LIBRARY = createRequire(import.meta.url).resolve('mixpanel-browser/dist/mixpanel.umd.js');
const today = () => new Date().toISOString().slice(0, 10);

interface BrowserLibrary {
  init(token: string, config: object): void;
  identify(id: string): void;
  track(event: string, properties: object, done: (answer: unknown) => void): void;
  people: { set(properties: object, done: (answer: unknown) => void): void };
  get_group(key: string, id: string): { set(properties: object, done: (answer: unknown) => void): void };
}
declare const mixpanel: BrowserLibrary;

let client: SandboxClient;
let browser: Browser;
let shop: Server;
let calls = 0;

beforeAll(async () => {
  client = await startSandboxClient({ events: 500, users: 50, days: 3, now: Date.now });
  browser = await openBrowser();
  const library = await readFile(LIBRARY);
  shop = createServer((request, response) => {
    const isLibrary = request.url === '/mixpanel.js';
    response.setHeader('content-type', isLibrary ? 'text/javascript' : 'text/html');
    response.end(
      isLibrary ? library : '<!doctype html><title>Shop</title><script src="/mixpanel.js"></script>',
    );
  }).listen(0, '127.0.0.1');
  await once(shop, 'listening');
});
afterAll(async () => {
  console.log(`mixpanel-browser: ${calls} calls`);
  shop?.close();
  await client?.close();
});

async function openShop(): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('favicon')) errors.push(message.text());
  });
  page.on('request', (request) => {
    if (request.url().startsWith(client.sandbox.url)) calls += 1;
  });
  await page.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`);
  return { page, errors };
}

const config = (batch: boolean) => ({
  token: client.sandbox.projects[0]!.token,
  options: {
    api_host: client.sandbox.url,
    batch_requests: batch,
    // Of the batches: at once instead of every five seconds.
    batch_flush_interval_ms: 50,
    persistence: 'localStorage',
    ip: false,
  },
});

async function readActivity(id: string): Promise<string[]> {
  const { body } = await client.get<{ results: { events: { event: string }[] } }>('/api/query/stream/query', {
    distinct_ids: [id],
    from_date: today(),
    to_date: today(),
  });
  return body.results.events.map(({ event }) => event);
}

test('sends events and profiles one by one, and reads that they arrived', async () => {
  const { page, errors } = await openShop();
  const answers = await page.evaluate(async ({ token, options }) => {
    mixpanel.init(token, options);
    mixpanel.identify('browser user');
    const sent = (send: (done: (answer: unknown) => void) => void) => new Promise(send);
    return [
      await sent((done) => mixpanel.track('Browser Event', { text: 'ü☕' }, done)),
      await sent((done) => mixpanel.people.set({ plan: 'Browser' }, done)),
      await sent((done) => mixpanel.get_group('company', 'browser company').set({ seats: 3 }, done)),
    ];
  }, config(false));
  expect(answers).toEqual([1, 1, 1]);
  expect(errors).toEqual([]);
  expect(await readActivity('browser user')).toContain('Browser Event');
  const { body } = await client.post('/api/query/engage', { form: { distinct_id: 'browser user' } });
  expect(body).toMatchObject({ results: [{ $properties: { plan: 'Browser' } }] });
  await page.close();
});

test('sends events in batches', async () => {
  const { page, errors } = await openShop();
  await page.evaluate(({ token, options }) => {
    mixpanel.init(token, options);
    mixpanel.identify('batching user');
    for (let index = 0; index < 5; index += 1) mixpanel.track(`Batched ${index}`, {}, () => undefined);
  }, config(true));
  await expect
    .poll(() => readActivity('batching user'))
    .toEqual(expect.arrayContaining(['Batched 0', 'Batched 1', 'Batched 2', 'Batched 3', 'Batched 4']));
  expect(errors).toEqual([]);
  await page.close();
});
