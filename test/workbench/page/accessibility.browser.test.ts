import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chooseCommand, expectAccessible, fill, run, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };

/** Opens the form on a narrow page, which shows the result first. */
async function showForm(page: Page): Promise<void> {
  if (page.viewportSize()!.width < 800) await page.getByText('Query', { exact: true }).click();
}

describe.each([WIDE, NARROW])('axe-core finds nothing at $width px', (viewport) => {
  test('on any view of a result', async () => {
    const { page } = await workbench.open({ viewport });
    for (const name of ['Chart', 'Table', 'JSON', 'Details', 'Use it']) {
      await page.getByRole('tab', { name }).click();
      await expectAccessible(page, name);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('on any form', async () => {
    const { page, plugin } = await workbench.open({ viewport, hash: '#GET_TOP_EVENTS?projectId=1234567' });
    await showForm(page);
    for (const { label } of plugin.commands) {
      await chooseCommand(page, label);
      await page.getByRole('status', { name: /^Loading the editor/ }).waitFor({ state: 'detached' });
      await expectAccessible(page, label);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('on menus, dialogs and mistakes', async () => {
    const { page } = await workbench.open({ viewport });
    await page.getByRole('button', { name: /^Query quota/ }).click();
    await page.getByText('Query quota of the project').waitFor();
    await expectAccessible(page, 'quota');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Datasource:/ }).click();
    await page.getByRole('menuitem', { name: 'Add a datasource' }).waitFor();
    await expectAccessible(page, 'menu');
    await page.getByRole('menuitem', { name: 'Add a datasource' }).click();
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page, 'dialog');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await showForm(page);
    await fill(page, 'toDate', '2020-01-01');
    await run(page);
    await page.locator('[data-field=fromDate] [role=alert]').waitFor();
    await expectAccessible(page, 'mistakes');
  });
});
