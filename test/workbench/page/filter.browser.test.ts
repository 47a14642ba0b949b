import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeViolations, chooseCommand, field, run, setUpWorkbench, tableOf } from './workbench-page.js';

const workbench = setUpWorkbench();

const completions = (page: Page) => page.locator('.cm-tooltip-autocomplete li');
const costs = (page: Page) =>
  page
    .locator('[data-quota-left]')
    .textContent()
    .then((text) => Number(/\d+/.exec(text ?? '')?.[0]));

async function complete(page: Page, label: string | RegExp): Promise<void> {
  await completions(page).filter({ hasText: label }).first().click();
}

describe('a filter', () => {
  test('is completed from properties and values, whose cost is said before', async () => {
    const { page } = await workbench.open({ ownServer: true });
    await chooseCommand(page, 'Download Mixpanel Data');
    const where = field(page, 'where');
    await where.click();
    await page.keyboard.type('properties["');
    await completions(page).filter({ hasText: 'Look up properties (1 query)' }).waitFor();
    const before = await costs(page);
    await complete(page, 'Look up properties');
    await completions(page).filter({ hasText: 'country' }).first().waitFor();
    await expect.poll(() => costs(page)).toBe(before - 1);
    await page.keyboard.type('countr');
    await complete(page, /^country$/);
    await page.keyboard.type(' ');
    await completions(page).filter({ hasText: '==' }).first().waitFor();
    await page.keyboard.type('== "');
    await complete(page, /Look up property values \(1 query\)/);
    const first = completions(page).first();
    await expect.poll(() => first.textContent()).not.toMatch(/Look up/);
    await first.click();
    const text = await where.textContent();
    expect(text).toMatch(/^properties\["country"\] == "[^"]+"$/);
    await page.locator('[data-field=where] .cm-lintRange-error').waitFor({ state: 'detached' });
    expect(await axeViolations(page)).toEqual([]);
  });

  test('of profiles is written without escapes, beside the properties to return and the cohort', async () => {
    const { page } = await workbench.open({ ownServer: true });
    await chooseCommand(page, 'Query Profiles');
    const written = async () =>
      (
        await page.locator('[data-field=formData] .cm-content').first().locator('.cm-line').allTextContents()
      ).join('');
    const filter = page.getByRole('textbox', { name: 'Filter', exact: true });
    await filter.click();
    await page.keyboard.type('defined(properties["$email"])');
    await page.keyboard.press('Escape');
    await expect.poll(() => written().then(JSON.parse)).toEqual({ where: 'defined(properties["$email"])' });
    await page.getByRole('combobox', { name: 'Output properties' }).click();
    await page.getByRole('option', { name: 'Look up profile properties (1 query)' }).click();
    await page.getByRole('option', { name: '$email', exact: true }).click();
    await expect
      .poll(() => written().then(JSON.parse))
      .toEqual({ where: 'defined(properties["$email"])', output_properties: ['$email'] });
    await page.keyboard.press('Escape');
    await page.getByRole('option').first().waitFor({ state: 'hidden' });
    expect(await axeViolations(page)).toEqual([]);
    await run(page);
    expect((await tableOf(page)).columns).toEqual(expect.arrayContaining(['distinct_id', '$email']));
    await field(page, 'formData').fill('{"where": ""}');
    await expect.poll(() => filter.textContent()).toMatch(/^Such as/);
  });
});

test('a saved report is found by its name, for free', async () => {
  const { page, plugin } = await workbench.open({ ownServer: true });
  const { options } = await plugin.options({ datasource: workbench.account, lookup: 'reports' });
  const report = options[0]!;
  await chooseCommand(page, 'Query Insights Report');
  await field(page, 'bookmarkId').click();
  await expect.poll(() => page.getByRole('option').count()).toBe(options.length);
  await field(page, 'bookmarkId').fill(report.label.slice(0, 12));
  await page.getByRole('option', { name: report.label, exact: true }).click();
  expect(await field(page, 'bookmarkId').inputValue()).toBe(report.value);
});
