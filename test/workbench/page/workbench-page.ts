import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import chromium from '@sparticuz/chromium';
import axe from 'axe-core';
import { type Browser, type Download, chromium as launcher, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import { createPlugin, type MixpanelPlugin, type PluginOptions } from '../../../src/plugin.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createWorkbench } from '../../../src/workbench/api/app.js';
import { MAX_WAIT_MS } from '../../time-limits.js';

export interface OpenWorkbench {
  page: Page;
  url: string;
  plugin: MixpanelPlugin;
}

interface OpenOptions {
  /** Defaults to true; without a sandbox an account is asked for. */
  withSandbox?: boolean;
  /** Answers real accounts. */
  realPlugin?: MixpanelPlugin;
  pluginOptions?: PluginOptions;
  /** Defaults to the server that the tests of the file share, with the results and the quota of those before. */
  ownServer?: boolean;
  hash?: string;
  /** Done to the page before it is opened. */
  prepare?: (page: Page) => Promise<unknown>;
  viewport?: { width: number; height: number };
}

interface WorkbenchServer {
  url: string;
  plugin: MixpanelPlugin;
  close(): Promise<void>;
}

export interface SharedWorkbench {
  readonly browser: Browser;
  readonly sandbox: Sandbox;
  readonly account: { username: string; password: string; projectId: string };
  /** Opens the page. Whatever breaks its policy or leaves its host fails the test. */
  open(options?: OpenOptions): Promise<OpenWorkbench>;
  /** Calls the sandbox's control API: posts `body`, or deletes if there is none. */
  steer(path: string, body?: unknown): Promise<unknown>;
}

/** Starts a browser, a sandbox and a workbench for the tests of a file, and resets the sandbox before each. */
export function setUpWorkbench({ events = 20_000, users = 400 } = {}): SharedWorkbench {
  let browser: Browser;
  let sandbox: Sandbox;
  let shared: WorkbenchServer;

  const workbench: SharedWorkbench = {
    get browser() {
      return browser;
    },
    get sandbox() {
      return sandbox;
    },
    get account() {
      return accountOf(sandbox);
    },
    async open(options = {}) {
      const { withSandbox = true, realPlugin, pluginOptions } = options;
      const needsOwn = options.ownServer || !withSandbox || realPlugin || pluginOptions;
      if (!needsOwn) return openPage(browser, shared, options);
      const own = await startWorkbench(withSandbox ? sandbox : undefined, { realPlugin, pluginOptions });
      onTestFinished(() => own.close());
      return openPage(browser, own, options);
    },
    async steer(path, body) {
      const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
        method: body === undefined ? 'DELETE' : 'POST',
        body: JSON.stringify(body),
      });
      return response.json();
    },
  };

  beforeAll(async () => {
    [browser, sandbox] = await Promise.all([openBrowser(), startSandbox({ quotas: true, events, users })]);
    shared = await startWorkbench(sandbox);
    // Soon after midnight nothing has happened today yet.
    const event = { event: 'Early', properties: { token: 'sandbox-token-1234567', distinct_id: 'early' } };
    await fetch(`${sandbox.url}/track`, { method: 'POST', body: JSON.stringify([event]) });
  });
  afterAll(async () => {
    await shared?.close();
    await sandbox?.close();
  });
  beforeEach(async () => {
    await workbench.steer('faults');
    await workbench.steer('requests');
    await workbench.steer('quota', { reset: true });
    await workbench.steer('quota', { reset: true, family: 'export' });
  });
  return workbench;
}

let browserOfWorker: Promise<Browser> | undefined;

/** Returns a real Chromium, which the test files of a worker share and which ends with the worker's process. */
export function openBrowser(): Promise<Browser> {
  browserOfWorker ??= launchBrowser();
  return browserOfWorker;
}

async function launchBrowser(): Promise<Browser> {
  return launcher.launch({
    executablePath: await chromium.executablePath(),
    // In a single process the end of one test's context would be the end of the browser.
    args: [...chromium.args.filter((arg) => arg !== '--single-process'), '--no-sandbox'],
    headless: true,
    timeout: MAX_WAIT_MS,
  });
}

async function startWorkbench(
  sandbox: Sandbox | undefined,
  { realPlugin, pluginOptions }: Pick<OpenOptions, 'realPlugin' | 'pluginOptions'> = {},
): Promise<WorkbenchServer> {
  const plugin = createPlugin({ hosts: sandbox?.hosts, ...pluginOptions });
  const app = createWorkbench({
    plugin,
    realPlugin,
    sandbox: sandbox && {
      hosts: sandbox.hosts,
      datasource: accountOf(sandbox),
      projectToken: sandbox.projects[0]?.token,
    },
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plugin,
    async close() {
      server.close();
      await plugin.close();
    },
  };
}

async function openPage(
  browser: Browser,
  { url, plugin }: WorkbenchServer,
  { viewport = { width: 1280, height: 800 }, hash = '', prepare }: OpenOptions,
): Promise<OpenWorkbench> {
  const context = await browser.newContext({
    viewport,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  // A dialog of the operating system, which no test can answer, would take the place of a download.
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  const page = await context.newPage();
  // Sooner than the test's own end, so that a failure names the step.
  page.setDefaultTimeout(MAX_WAIT_MS);
  const trouble: string[] = [];
  page.on('console', (message) => {
    // A refusal that the page puts in words is no trouble.
    const expected = message.text().includes('status of 422');
    if (message.type() === 'error' && !expected) trouble.push(message.text());
  });
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url)) trouble.push(request.url());
  });
  onTestFinished(async () => {
    await context.close();
    expect(trouble).toEqual([]);
  });
  await prepare?.(page);
  await page.goto(`${url}/${hash}`);
  await page.getByRole('main').waitFor();
  return { page, url, plugin };
}

function accountOf({ accounts, projects }: Sandbox) {
  const [account] = accounts;
  return { username: account!.username, password: account!.password, projectId: projects[0]!.id };
}

export async function chooseCommand(page: Page, label: string): Promise<void> {
  await page.locator('section[aria-label="Command"] input').first().click();
  await page.getByRole('option', { name: label }).first().click();
}

/** The input of a field, by its key. */
export function field(page: Page, key: string) {
  return page.locator(`[data-field="${key}"]`).locator('input:visible, .cm-content').first();
}

/** Unfolds the fields below Advanced if this one is among them. */
export async function unfold(page: Page, key: string): Promise<void> {
  const shown = page.locator(`[data-field="${key}"]`).first();
  await shown.waitFor({ state: 'attached' });
  if (!(await shown.isVisible())) await page.getByRole('button', { name: /^Advanced/ }).click();
}

export async function fill(page: Page, key: string, text: string): Promise<void> {
  await unfold(page, key);
  const input = field(page, key);
  await input.click();
  await input.fill(text);
  await page.keyboard.press('Escape');
}

/** Presses Run and waits for the answer. */
export async function run(page: Page): Promise<void> {
  const answer = page.waitForResponse((response) => response.url().endsWith('/workbench/api/run'));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await (await answer).finished();
  await page.locator('[aria-busy="false"]').waitFor({ state: 'attached' });
}

/** Starts to save the result to a file. */
export async function saveToFile(page: Page, format: 'CSV' | 'NDJSON' = 'NDJSON'): Promise<void> {
  await page.getByRole('button', { name: 'Save to file' }).click();
  await page.getByRole('menuitem', { name: format }).click();
}

/** The names of the columns and the texts of the first rows. */
export async function tableOf(page: Page) {
  await page.getByRole('tab', { name: 'Table' }).click();
  await page.getByRole('table', { name: 'Result' }).waitFor();
  return {
    columns: (await page.getByRole('columnheader').allTextContents()).map((text) => text.trim()),
    rows: await page.locator('[role=row]:has([role=cell])').count(),
  };
}

/** The rows of a downloaded NDJSON file. */
export async function linesOf(download: Download): Promise<unknown[]> {
  const text = await readFile(await download.path(), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Counts what still moves, but for what never stops. */
const RUNNING_TRANSITIONS = `document.getAnimations().filter(({ playState, effect }) =>
  playState === 'running' && effect.getTiming().iterations !== Infinity).length`;

/** Returns what axe-core finds wrong on the screen as it is, or only what `rules` find. */
export async function axeViolations(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source);
  // In the midst of a transition a colour is neither the one before nor the one after.
  await expect.poll(() => page.evaluate(RUNNING_TRANSITIONS)).toBe(0);
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
  const { violations } = (await page.evaluate(`axe.run(${options})`)) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}

/** Expects that axe-core finds nothing wrong, and nothing wrong with the colours of the dark page either. */
export async function expectAccessible(page: Page, view: string): Promise<void> {
  expect(await axeViolations(page), view).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('[data-mantine-color-scheme=dark]').waitFor({ state: 'attached' });
  expect(await axeViolations(page, ['color-contrast']), `${view}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('[data-mantine-color-scheme=light]').waitFor({ state: 'attached' });
}
