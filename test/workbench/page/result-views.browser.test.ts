import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeViolations, chooseCommand, field, fill, run, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

async function openReport(page: Page, id: string): Promise<void> {
  await chooseCommand(page, 'Query Insights Report');
  await fill(page, 'bookmarkId', id);
  await run(page);
}

describe('a chart', () => {
  test('is shown as lines, bars, stacked bars, a table or numbers, and saved as PNG and CSV', async () => {
    const { page } = await workbench.open();
    const kinds = page.getByRole('radiogroup', { name: 'Kind of chart' });
    for (const [label, kind] of Object.entries({ Bar: 'bar', Stacked: 'stacked' })) {
      await kinds.getByText(label, { exact: true }).click();
      await page
        .getByRole('img', { name: `${kind} chart` })
        .locator('canvas')
        .waitFor();
    }
    await page.getByRole('button', { name: 'Save chart' }).click();
    const picture = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'PNG' }).click();
    const png = await readFile(await (await picture).path());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    await page.getByRole('button', { name: 'Save chart' }).click();
    const numbers = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    const csv = await readFile(await (await numbers).path(), 'utf8');
    expect(csv).toMatch(/^date,Added To Cart,/);
    expect(csv).toContain('so far');

    await kinds.getByText('Table', { exact: true }).click();
    await page.getByRole('table', { name: 'Result' }).waitFor();
    await kinds.getByText('Number', { exact: true }).click();
    await page.getByRole('list', { name: 'Numbers' }).getByText('Signup').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('says that the last day is not over', async () => {
    const { page } = await workbench.open();
    await page.getByText(/^Dashed: .* so far\.$/).waitFor();
    expect(await page.getByRole('list', { name: 'Series' }).textContent()).toMatch(/Signup\s*total [\d,]+/);
  });

  test.each([
    ['a funnel is drawn as steps', '67902', '1. '],
    ['retention is drawn as a heat map', '67904', 'Week 0'],
  ])('of %s', async (_, id, text) => {
    const { page } = await workbench.open();
    await openReport(page, id);
    await page.getByRole('tab', { name: 'Chart', selected: true }).waitFor();
    await page.getByText(text, { exact: false }).first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});

describe('a table', () => {
  test('shows the details of a row, to read and to copy', async () => {
    const { page } = await workbench.open();
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.locator('[role=row][aria-rowindex="3"]').click();
    const details = page.getByRole('region', { name: 'Row', exact: true });
    await details.getByText('Row 2 of 120').waitFor();
    await details.getByRole('button', { name: 'Copy the row as JSON' }).waitFor();
    await details.getByRole('button', { name: 'Next' }).click();
    await details.getByText('Row 3 of 120').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await details.getByRole('button', { name: 'Close', exact: true }).click();
    expect(await details.count()).toBe(0);
  });

  test('hides columns and keeps the view for the next result', async () => {
    const { page } = await workbench.open();
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'event' }).click();
    await page.getByRole('button', { name: 'Columns, 1 hidden' }).waitFor();
    const names = await page.getByRole('columnheader').allTextContents();
    expect(names.map((name) => name.trim())).toEqual(['date', 'count']);
    await page.keyboard.press('Escape');
    await run(page);
    await page.getByRole('tab', { name: 'Table', selected: true }).waitFor();
  });
});

describe('the details of a query', () => {
  test('have the request without its secrets and each header with its binding', async () => {
    const { page } = await workbench.open();
    await page.getByRole('tab', { name: 'Details' }).click();
    const details = page.getByRole('region', { name: 'Details of the query' });
    await details.getByText('/api/query/events?').waitFor();
    const text = await details.textContent();
    expect(text).toContain('from_date');
    expect(text).toContain('x-cost');
    expect(text).not.toContain(workbench.account.password);
    await details.getByRole('button', { name: 'Copy the binding of x-cost' }).waitFor();
  });

  test('stand below a failure, which has the name of its command', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Query Insights Report');
    await run(page);
    await page.locator('[data-error-code=INVALID_INPUT]').waitFor();
    await page.getByRole('status', { name: 'Summary' }).getByText('Query Insights Report').waitFor();
    await page.getByText('Nothing was sent').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});

test('a result is marked when the form has changed since, and no longer when it is changed back', async () => {
  const { page } = await workbench.open();
  const mark = page.getByText('Changed since this run');
  expect(await mark.count()).toBe(0);
  await field(page, 'unit').click();
  await page.getByRole('option', { name: 'Week' }).click();
  await mark.waitFor();
  await field(page, 'unit').click();
  await page.getByRole('option', { name: 'Day' }).click();
  await expect.poll(() => mark.count()).toBe(0);
});

test('a search of the tree finds values, with a path to copy', async () => {
  const { page } = await workbench.open();
  await page.getByRole('tab', { name: 'JSON' }).click();
  await page.getByRole('searchbox', { name: 'Search the JSON' }).fill('checkout');
  await page.getByText('Query1.data[1].event').waitFor();
});

test('the query is there to type into Appsmith, and for other hosts', async () => {
  const { page } = await workbench.open();
  await page.getByRole('tab', { name: 'Use it' }).click();
  const panel = page.getByRole('region', { name: 'Use this query elsewhere' });
  await panel.getByRole('button', { name: 'Copy Command' }).waitFor();
  await panel.getByText('npx mixpanel-datasource run GET_AGGREGATE_EVENT_COUNTS').waitFor();
  const text = await panel.textContent();
  for (const host of ['In n8n', 'In ToolJet', 'In Budibase']) expect(text).toContain(host);
});

describe('copying on plain HTTP, where browsers have no clipboard', () => {
  const withoutClipboard = (page: Page) =>
    page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })");

  test('works by the older command', async () => {
    const { page } = await workbench.open({ prepare: withoutClipboard });
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByRole('button', { name: 'Copy the JSON' }).click();
    await page.getByRole('button', { name: 'Copied the JSON' }).waitFor();
  });

  test('shows the text and the keys when that is refused too', async () => {
    const { page } = await workbench.open({
      prepare: async (page) => {
        await withoutClipboard(page);
        await page.addInitScript('document.execCommand = () => false');
      },
    });
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByRole('button', { name: 'Copy the JSON' }).click();
    await page.getByText('Press Ctrl+C').waitFor();
    expect(await page.getByRole('textbox', { name: 'Text to copy: the JSON' }).inputValue()).toContain(
      '"date"',
    );
  });
});

test.each([
  { width: 1024, height: 600 },
  { width: 390, height: 844 },
])('the chart is not cut off at $width × $height', async (viewport) => {
  const { page } = await workbench.open({ viewport });
  const canvas = page.getByRole('img', { name: 'line chart' });
  await canvas.locator('canvas').waitFor();
  const box = await canvas.boundingBox();
  expect(box!.x + box!.width).toBeLessThanOrEqual(viewport.width);
  expect(box!.y + box!.height).toBeLessThanOrEqual(viewport.height);
});
