import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import chromium from '@sparticuz/chromium';
import axe from 'axe-core';
import { type Browser, chromium as launcher, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { createPlugin, type MixpanelPlugin, type PluginOptions } from '../../../src/plugin.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createWorkbench } from '../../../src/workbench/api/app.js';

/** Opens a real Chromium. */
export async function openBrowser(): Promise<Browser> {
  return launcher.launch({
    executablePath: await chromium.executablePath(),
    // In a single process the end of one test's context would be the end of the browser.
    args: [...chromium.args.filter((arg) => arg !== '--single-process'), '--no-sandbox'],
    headless: true,
  });
}

/** A sandbox small enough to be asked often. */
export function startSmallSandbox(): Promise<Sandbox> {
  return startSandbox({ quotas: true, events: 20_000, users: 400 });
}

export interface OpenWorkbench {
  page: Page;
  url: string;
  plugin: MixpanelPlugin;
}

interface OpenOptions {
  /** Absent, there is no sandbox datasource and accounts are asked for. */
  sandbox?: Sandbox;
  /** Answers real accounts. */
  realPlugin?: MixpanelPlugin;
  pluginOptions?: PluginOptions;
  hash?: string;
  /** Done to the page before it is opened. */
  prepare?: (page: Page) => Promise<unknown>;
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
}

/** The page of a server of its own; whatever breaks its policy or leaves its host fails the test. */
export async function openWorkbench(browser: Browser, options: OpenOptions = {}): Promise<OpenWorkbench> {
  const { sandbox, viewport = { width: 1280, height: 800 }, colorScheme = 'light' } = options;
  const plugin = createPlugin({ hosts: sandbox?.hosts, ...options.pluginOptions });
  const app = createWorkbench({
    plugin,
    realPlugin: options.realPlugin,
    sandbox: sandbox && { hosts: sandbox.hosts, datasource: accountOf(sandbox) },
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context = await browser.newContext({
    viewport,
    colorScheme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  // A dialog of the operating system, which no test can answer, would take the place of a download.
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  const page = await context.newPage();
  // Sooner than the test's own end, so that a failure names the step.
  page.setDefaultTimeout(12_000);
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
    server.close();
    await plugin.close();
    expect(trouble).toEqual([]);
  });
  await options.prepare?.(page);
  await page.goto(`${url}/${options.hash ?? ''}`);
  await page.getByRole('main').waitFor();
  return { page, url, plugin };
}

export function accountOf({ accounts, projects }: Sandbox) {
  const [account] = accounts;
  return { username: account!.username, password: account!.password, projectId: projects[0]!.id };
}

/** Steers the sandbox. */
export async function steer(sandbox: Sandbox, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method: body === undefined ? 'DELETE' : 'POST',
    body: JSON.stringify(body),
  });
  return response.json();
}

export async function chooseCommand(page: Page, label: string): Promise<void> {
  await page.locator('section[aria-label="Command"] input').first().click();
  await page.getByRole('option', { name: label }).first().click();
}

/** The input of a field, by its key. */
export function field(page: Page, key: string) {
  return page.locator(`[data-field="${key}"]`).locator('input:visible, .cm-content').first();
}

export async function fill(page: Page, key: string, text: string): Promise<void> {
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

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What axe-core finds on the screen as it is. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
