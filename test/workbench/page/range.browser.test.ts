import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeViolations, chooseCommand, field, fill, run, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

const preset = (page: Page) => page.getByRole('combobox', { name: 'Range of dates' });
const days = (page: Page) => page.getByRole('group', { name: 'Dates' }).getByRole('status');

async function choosePreset(page: Page, label: string): Promise<void> {
  await preset(page).click();
  await page.getByRole('option', { name: label, exact: true }).click();
}

test('a preset fills in both ends in their relative form and says which days they are', async () => {
  const { page } = await workbench.open();
  await choosePreset(page, 'Last 7 days');
  expect(await field(page, 'fromDate').inputValue()).toBe('last 7 days');
  expect(await field(page, 'toDate').inputValue()).toBe('today');
  await expect.poll(() => days(page).textContent()).toContain('7 days · in UTC, the project');
});

test('Custom keeps the days that were shown, to be changed one by one', async () => {
  const { page } = await workbench.open();
  await choosePreset(page, 'Yesterday');
  await choosePreset(page, 'Custom');
  expect(await field(page, 'fromDate').inputValue()).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(await field(page, 'toDate').inputValue()).toBe(await field(page, 'fromDate').inputValue());
  await expect.poll(() => field(page, 'fromDate').evaluate((input) => input.matches(':focus'))).toBe(true);
});

test('a typed text that is no date is explained while it is typed', async () => {
  const { page } = await workbench.open();
  await fill(page, 'fromDate', '30d');
  await expect
    .poll(() => days(page).textContent())
    .toBe('From needs a minus sign to count back from today: -30d.');
  expect(await preset(page).inputValue()).toBe('Custom');
  expect(await axeViolations(page)).toEqual([]);
  await fill(page, 'fromDate', '-30d');
  await expect.poll(() => days(page).textContent()).toContain('31 days');
});

test('the ends stay together in the form of a download', async () => {
  const { page } = await workbench.open();
  await chooseCommand(page, 'Download Mixpanel Data');
  const boxes = await Promise.all(['fromDate', 'toDate'].map((key) => field(page, key).boundingBox()));
  expect(boxes[0]!.y).toBe(boxes[1]!.y);
  await choosePreset(page, 'Last week');
  await expect.poll(() => days(page).textContent()).toContain('7 days · in UTC');
});

test('a relative range runs, and its result has the days it was resolved to', async () => {
  const { page } = await workbench.open();
  await choosePreset(page, 'Last 7 days');
  await run(page);
  await page.getByRole('status', { name: 'Summary' }).getByText('28 rows').waitFor();
});
