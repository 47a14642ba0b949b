import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { axeViolations, chooseCommand, linesOf, saveToFile, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();
const SLOW = { path: '/api/2.0/export', kind: 'drip', bytes: 4_000, everyMs: 500 };

describe('a running export', () => {
  test('goes on while a query runs, and a second one cannot start', async () => {
    const { page } = await workbench.open();
    await workbench.steer('faults', SLOW);
    await chooseCommand(page, 'Download Mixpanel Data');
    await saveToFile(page);
    await page.locator('[data-export=streaming] [data-rows]:not([data-rows="0"])').waitFor();

    await page.getByRole('button', { name: 'Save to file' }).click();
    await page.getByText('One export at a time').waitFor();
    expect(await page.getByRole('menuitem', { name: 'CSV' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');

    await chooseCommand(page, 'List Saved Cohorts');
    const answer = page.waitForResponse(/workbench\/api\/run$/);
    await page.keyboard.press('Control+Enter');
    await answer;
    await page.getByRole('status', { name: 'Summary' }).getByText('List Saved Cohorts').waitFor();
    await page.locator('[data-export=streaming]').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('that was cancelled continues after the rows it has, in the same file', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Download Mixpanel Data');
    const whole = page.waitForEvent('download');
    await saveToFile(page);
    const expected = await linesOf(await whole);
    await page.getByRole('button', { name: 'Close', exact: true }).click();

    await workbench.steer('faults', SLOW);
    await saveToFile(page);
    await page.locator('[data-export=streaming] [data-rows]:not([data-rows="0"])').waitFor();
    await page.getByRole('button', { name: 'Cancel export' }).click();
    await page.locator('[data-export=cancelled]').waitFor();
    await page.getByText('does not exist').waitFor();
    for (const name of ['Continue', 'Save so far', 'Discard']) {
      await page.getByRole('button', { name, exact: true }).waitFor();
    }
    await workbench.steer('faults');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.locator('[data-export=done]').waitFor();
    expect(await linesOf(await download)).toEqual(expected);
    await page.getByText(/^Saved [\d,]+ rows to download-data\.ndjson$/).waitFor();
  });

  test('that was discarded leaves no file and no question', async () => {
    const { page } = await workbench.open();
    await workbench.steer('faults', SLOW);
    await chooseCommand(page, 'Download Mixpanel Data');
    await saveToFile(page);
    await page.locator('[data-export=streaming] [data-rows]:not([data-rows="0"])').waitFor();
    await page.getByRole('button', { name: 'Cancel export' }).click();
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect.poll(() => page.locator('[data-export]').count()).toBe(0);
  });
});

test('an export as CSV has the columns of all rows', async () => {
  const { page } = await workbench.open();
  await chooseCommand(page, 'Download Mixpanel Data');
  const ndjson = page.waitForEvent('download');
  await saveToFile(page);
  const rows = (await linesOf(await ndjson)) as Record<string, unknown>[];
  await page.getByRole('button', { name: 'Close', exact: true }).click();

  const csv = page.waitForEvent('download');
  await saveToFile(page, 'CSV');
  const download = await csv;
  expect(download.suggestedFilename()).toBe('download-data.csv');
  const [header = '', ...lines] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  expect(header.split(',')).toEqual([...new Set(rows.flatMap((row) => Object.keys(row)))]);
  expect(lines).toHaveLength(rows.length);
});
