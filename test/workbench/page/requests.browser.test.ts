import { expect, test } from 'vitest';
import { axeViolations, chooseCommand, field, run, setUpWorkbench, tableOf } from './workbench-page.js';

const workbench = setUpWorkbench();

test('a request is found in the menu, fills in the form, and gives its rows', async () => {
  const { page } = await workbench.open();
  await chooseCommand(page, 'Custom Action');
  const menu = page.getByRole('combobox', { name: 'Request' });
  await menu.click();
  await page.keyboard.type('funnel by week');
  await page.getByRole('option', { name: /^Saved funnel by week/ }).click();
  expect(await field(page, 'endpoint').inputValue()).toBe(
    '/api/query/funnels?funnel_id=9070&from_date=-12w&to_date=today&unit=week',
  );
  expect(await axeViolations(page)).toEqual([]);
  await run(page);
  const { columns } = await tableOf(page);
  expect(columns).toEqual(expect.arrayContaining(['step', 'event', 'stepConversion']));
  expect(await menu.inputValue()).toBe('Saved funnel by week');
  // What is written by hand is no request of the menu.
  await field(page, 'endpoint').fill('/api/query/funnels/list?workspace_id=1');
  await expect.poll(() => menu.inputValue()).toBe('');
});

test('a request with a body fills it in, and one without empties it', async () => {
  const { page } = await workbench.open();
  await chooseCommand(page, 'Custom Action');
  const choose = async (text: string, name: RegExp) => {
    await page.getByRole('combobox', { name: 'Request' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(text);
    await page.getByRole('option', { name }).click();
  };
  const written = async () => (await field(page, 'body').locator('.cm-line').allTextContents()).join('');
  await choose('create an annotation', /^Create an annotation/);
  await expect.poll(written).toContain('"description": "Release 2.0"');
  await choose('list of funnels', /^List of funnels/);
  await expect.poll(written).not.toContain('Release');
});
