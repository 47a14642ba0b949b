import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  axeViolations,
  chooseCommand,
  field,
  run,
  setUpWorkbench,
  tableOf,
  unfold,
} from './workbench-page.js';

const workbench = setUpWorkbench();

describe('a result', () => {
  test('is sorted, searched and saved', async () => {
    const { page } = await workbench.open();
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('columnheader', { name: 'count' }).getByRole('button').click();
    await page
      .getByRole('columnheader', { name: 'count' })
      .and(page.locator('[aria-sort=descending]'))
      .waitFor();
    const counts = await page.locator('[role=cell][data-numeric]').allTextContents();
    expect(counts.map(Number)).toEqual(counts.map(Number).sort((a, b) => b - a));

    await page.getByRole('searchbox', { name: 'Search the rows' }).fill('purch');
    await page.getByText('30 of 120 rows').waitFor();

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    const file = await (await download).path();
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('date,event,count');
    expect(lines).toHaveLength(121);
  });

  test('of thousands of rows keeps only those in sight in the page', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Download Mixpanel Data');
    await page.locator('[aria-label^="Clear Event"]').click();
    await run(page);
    await page.getByRole('tab', { name: 'Table' }).click();
    const count = Number(await page.getByRole('table', { name: 'Result' }).getAttribute('aria-rowcount'));
    expect(count).toBeGreaterThan(2_000);
    expect(await page.locator('[role=row]').count()).toBeLessThan(100);
    await page
      .getByRole('region', { name: 'Rows' })
      .evaluate((region) => region.scrollTo(0, region.scrollHeight));
    await page.locator(`[role=row][aria-rowindex="${count}"]`).waitFor();
  });

  test('that was cut says so', async () => {
    const { page } = await workbench.open({ pluginOptions: { caps: { rows: 100 } } });
    await chooseCommand(page, 'Download Mixpanel Data');
    await run(page);
    await page.getByRole('status', { name: 'Summary' }).getByText('truncated').waitFor();
    await page.getByText('Only the first 100 rows are here').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('of more names than bars can show opens as a table, its chart a click away', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Query Profiles');
    await run(page);
    await page.getByRole('tab', { name: 'Table', selected: true }).waitFor();
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.getByText(/^The first 30 of [\d,]+ rows\.$/).waitFor();
  });

  test('as a tree shows its first rows at once', async () => {
    const { page } = await workbench.open();
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByText('0 … 99').waitFor();
    await page.locator('summary').getByText('"event":"Added To Cart"').first().waitFor();
  });

  test.each([1280, 390])('shows the whole of each text to copy at %s px', async (width) => {
    const { page } = await workbench.open({ viewport: { width, height: 800 } });
    await page.getByRole('tab', { name: 'Use it' }).click();
    await page.getByText('curl --compressed').waitFor();
    const cut = await page
      .locator('pre')
      .evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).length);
    expect(cut).toBe(0);
  });

  test('as CSV text is a table too', async () => {
    const { page } = await workbench.open();
    await unfold(page, 'format');
    await field(page, 'format').click();
    await page.getByRole('option', { name: 'CSV' }).click();
    await run(page);
    expect((await tableOf(page)).columns).toEqual(expect.arrayContaining(['date', 'Purchase']));
  });

  test('says from where it came and what it cost', async () => {
    const { page } = await workbench.open({ ownServer: true });
    const summary = page.getByRole('status', { name: 'Summary' });
    await expect.poll(() => summary.getAttribute('data-cost')).toBe('1');
    await expect.poll(() => page.locator('[data-quota-left]').textContent()).toContain('59 of 60');
    await run(page);
    await expect.poll(() => summary.getAttribute('data-cache')).toBe('HIT');
    expect(await summary.textContent()).toContain('no quota used');
    expect(await page.locator('[data-quota-left]').textContent()).toContain('59 of 60');
  });

  test('is at hand for Appsmith, a shell and TypeScript, without the password', async () => {
    const { page } = await workbench.open();
    await page.getByRole('tab', { name: 'Use it' }).click();
    const panel = page.getByRole('region', { name: 'Use this query elsewhere' });
    await panel.getByText('curl --compressed').waitFor();
    const text = await panel.textContent();
    expect(text).toContain('{{Query1.data}}');
    expect(text).toContain(
      '{{Query1.data.filter((row) => row.event === "Purchase").map((row) => ({ x: row.date, y: row.count }))}}',
    );
    expect(text).toContain('-u "$MIXPANEL_USERNAME:$MIXPANEL_PASSWORD"');
    expect(text).toContain('command: "GET_AGGREGATE_EVENT_COUNTS"');
    expect(text).not.toContain(`"${workbench.account.password}"`);
  });

  test('has a link that reopens the query and runs nothing by itself', async () => {
    const { page } = await workbench.open({
      hash: '#GET_TOP_EVENTS?projectId=1234567&limit=7',
    });
    expect(await field(page, 'limit').inputValue()).toBe('7');
    await page.getByText('No results yet').waitFor();
    await run(page);
    expect((await tableOf(page)).rows).toBe(7);
    await page.getByRole('tab', { name: 'Use it' }).click();
    await page.getByText('#GET_TOP_EVENTS?').waitFor();
  });
});
