import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createPlugin } from '../../../src/plugin.js';
import { startServer } from '../../../src/server/index.js';
import { success } from '../../results.js';
import { axeViolations, field, fill, run, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

describe('the first screen', () => {
  test('shows a chart of a query that has already run on the sandbox', async () => {
    const { page, plugin } = await workbench.open({ ownServer: true });
    await page.getByRole('img', { name: 'line chart: count by day' }).waitFor();

    const { body } = success(
      await plugin.execute({
        datasource: workbench.account,
        command: 'GET_AGGREGATE_EVENT_COUNTS',
        parameters: {
          events: ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'],
          fromDate: await field(page, 'fromDate').inputValue(),
          toDate: await field(page, 'toDate').inputValue(),
        },
      }),
    );
    const rows = body as { date: string; event: string; count: number }[];
    const numbers = page.locator('table[data-chart=line]');
    expect(await numbers.locator('thead th').allTextContents()).toEqual([
      'date',
      ...new Set(rows.map(({ event }) => event)),
    ]);
    expect(await numbers.locator('tbody td').allTextContents()).toEqual(
      rows.map(({ count }) => String(count)),
    );
    expect(await page.getByText('1 query', { exact: false }).first().textContent()).toContain('1 query used');
  });

  test('draws every series in its own colour', async () => {
    const { page } = await workbench.open();
    const image = page.getByRole('img', { name: /line chart/ });
    await image.locator('canvas').waitFor();
    const colours = await page
      .getByRole('list', { name: 'Series' })
      .locator('rect')
      .evaluateAll((rects) => rects.map((rect) => rect.getAttribute('fill') ?? ''));
    expect(colours).toHaveLength(4);
    await expect.poll(() => drawnColours(page)).toEqual(expect.arrayContaining(colours));
    const picture = await image.screenshot();
    expect(picture.length).toBeGreaterThan(5_000);
  });

  test('is there under the secret prefix of the host service too', async () => {
    const plugin = createPlugin({ hosts: workbench.sandbox.hosts });
    onTestFinished(() => plugin.close());
    const server = await startServer({
      port: 0,
      pathPrefix: 'a-prefix-that-nobody-guesses-0123456789',
      plugin,
      logLevel: 'silent',
      drainMs: 0,
    });
    onTestFinished(() => server.close());
    const page = await workbench.browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Add a datasource' }).waitFor();
    await page.locator('[data-field=username] input').fill(workbench.account.username);
    await page.locator('[data-field=password] input').fill(workbench.account.password);
    await page.locator('[data-field=projectId] input').fill('1234567');
    await page.getByRole('button', { name: 'Save' }).click();
    await fill(page, 'events', '["Signup"]');
    await run(page);
    await page.getByRole('img', { name: 'line chart: count by day' }).waitFor();
  });

  test('says that the data are a sample, until that is closed', async () => {
    const { page } = await workbench.open();
    await page.getByText('This is a sample shop.').waitFor();
    await page.getByRole('button', { name: 'Close the note about sample data' }).click();
    await page.reload();
    await page.getByRole('main').waitFor();
    expect(await page.getByText('This is a sample shop.').count()).toBe(0);
  });

  test('says without JavaScript what it needs, in sight', async () => {
    const { url } = await workbench.open();
    const context = await workbench.browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 390, height: 600 },
    });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    expect(await page.locator('noscript p').first().textContent()).toContain('needs JavaScript');
    const box = await page.locator('noscript p').first().boundingBox();
    expect(box && box.y + box.height).toBeLessThan(600);
  });

  test('asks for a datasource where there is no sandbox', async () => {
    const { page } = await workbench.open({ withSandbox: false });
    await page.getByRole('heading', { name: 'Add a datasource' }).waitFor();
    expect(
      await page
        .locator('[data-field]')
        .evaluateAll((all) => all.map((each) => each.getAttribute('data-field'))),
    ).toEqual(['username', 'password', 'region', 'projectId']);
    expect(await page.locator('[data-field] label').allTextContents()).toEqual([
      'Mixpanel Service Account Username *',
      'Mixpanel Service Account Password *',
      'Region *',
      'Default Project ID',
    ]);
    expect(await axeViolations(page)).toEqual([]);
  });
});

/** The colours on the chart's canvas that cover more than a stray pixel. */
function drawnColours(page: Page): Promise<string[]> {
  return page.locator('[role=img] canvas').evaluate((element) => {
    const canvas = element as unknown as {
      width: number;
      height: number;
      getContext(kind: '2d'): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
    };
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map<string, number>();
    for (let at = 0; at < data.length; at += 4) {
      const hex = `#${[0, 1, 2].map((part) => data[at + part]!.toString(16).padStart(2, '0')).join('')}`;
      counts.set(hex, (counts.get(hex) ?? 0) + 1);
    }
    return [...counts].filter(([, count]) => count > 20).map(([hex]) => hex);
  });
}
