import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeViolations, chooseCommand, field, fill, run, setUpWorkbench, tableOf } from './workbench-page.js';

const workbench = setUpWorkbench();

describe('the form', () => {
  test('marks a filter where it goes wrong, while it is typed', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Download Mixpanel Data');
    await field(page, 'where').click();
    await page.keyboard.type('properties["plan"] === "Premium"');
    const mark = page.locator('[data-field=where] .cm-lintRange-error');
    await expect.poll(() => mark.textContent()).toBe('=');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.type('properties["plan"] == "Premium"');
    await mark.waitFor({ state: 'detached' });
  });

  test('marks JSON where it breaks', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Query Profiles');
    await field(page, 'formData').click();
    await page.keyboard.type('{"page": zero}');
    await page.locator('[data-field=formData] .cm-lintRange-error').getByText('z').waitFor();
  });

  test('is the manifest, its mistakes included', async () => {
    const { page } = await workbench.open({
      prepare: (page) =>
        page.route('**/workbench/api/start', async (route) => {
          const answer = await (await route.fetch()).text();
          await route.fulfill({
            body: answer.replace("command === 'GET_TOP_EVENTS'", "command == 'GET_TOP_EVENTS'"),
          });
        }),
    });
    await page.getByText('Invalid manifest').waitFor();
    await page.getByText('GET_TOP_EVENTS: Forms do not support the operator ==').waitFor();
  });

  test('puts each mistake at its field and sends nothing', async () => {
    const { page } = await workbench.open();
    await fill(page, 'fromDate', '2026-03-02');
    await fill(page, 'toDate', '2026-03-01');
    await run(page);
    await page.locator('[data-error-code=INVALID_INPUT]').waitFor();
    expect(await page.locator('[data-field=fromDate] [role=alert]').textContent()).toContain(
      'Must not be after To Date',
    );
    await expect.poll(() => field(page, 'fromDate').evaluate((input) => input.matches(':focus'))).toBe(true);
  });

  test('offers what the project holds, and takes what it does not', async () => {
    const { page } = await workbench.open({ ownServer: true });
    await chooseCommand(page, 'Get Top Event Properties');
    await field(page, 'event').click();
    await page.getByRole('option', { name: 'Look up events (1 query)' }).click();
    await page.getByRole('option', { name: 'Purchase', exact: true }).click();
    expect(await field(page, 'event').inputValue()).toBe('Purchase');
    await page.getByRole('button', { name: /^Query quota/ }).click();
    await page.getByRole('row', { name: 'Look-up of events from Mixpanel 1' }).waitFor();
    await page.keyboard.press('Escape');
    await fill(page, 'event', 'Never Seen');
    expect(await field(page, 'event').inputValue()).toBe('Never Seen');
  });
});

describe('a cohort to filter profiles by', () => {
  const cohort = (page: Page) => page.getByRole('combobox', { name: 'Filter by cohort' });
  const written = async (page: Page) =>
    (await field(page, 'formData').locator('.cm-line').allTextContents()).join('');

  test('is found by its name, written into the JSON, replaced and taken out again', async () => {
    const { page, plugin } = await workbench.open();
    const { options: cohorts } = await plugin.options({ datasource: workbench.account, lookup: 'cohorts' });
    const [first, second] = cohorts;
    await chooseCommand(page, 'Query Profiles');
    await field(page, 'formData').fill('{"output_properties": ["$name"]}');
    await cohort(page).click();
    await page.getByRole('option', { name: 'Look up cohorts (1 query)' }).click();
    await expect.poll(() => page.getByRole('option').count()).toBe(cohorts.length);
    await cohort(page).fill(first!.label);
    await page.getByRole('option', { name: first!.label, exact: true }).click();
    const id = Number(first!.value);
    await expect
      .poll(() => written(page).then(JSON.parse))
      .toEqual({ output_properties: ['$name'], filter_by_cohort: { id } });
    expect(await axeViolations(page)).toEqual([]);
    await run(page);
    const members = (await tableOf(page)).rows;
    expect(members).toBeGreaterThan(0);

    await cohort(page).click();
    await page.getByRole('option', { name: second!.label, exact: true }).click();
    await expect
      .poll(() => written(page).then(JSON.parse))
      .toMatchObject({ filter_by_cohort: { id: Number(second!.value) } });

    await page.getByRole('button', { name: 'Clear Filter by cohort' }).press('Enter');
    await expect.poll(() => written(page).then(JSON.parse)).toEqual({ output_properties: ['$name'] });
  });

  test('that was typed shows, and waits while the JSON is not right', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Query Profiles');
    await field(page, 'formData').fill('{"filter_by_cohort": {"id": 4711}}');
    await expect.poll(() => cohort(page).inputValue()).toBe('4711');
    await field(page, 'formData').fill('{"filter_by_cohort": ');
    await expect.poll(() => cohort(page).isDisabled()).toBe(true);
  });
});
