import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../../src/plugin.js';
import { axeViolations, fill, run, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

describe('a real account', () => {
  async function addDatasource(page: Page, values: { username: string; password: string }) {
    await page.getByRole('button', { name: /^Datasource:/ }).click();
    await page.getByRole('menuitem', { name: 'Add a datasource' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a datasource' });
    await dialog.locator('[data-field=username] input').fill(values.username);
    await dialog.locator('[data-field=password] input').fill(values.password);
    return dialog;
  }

  test('with a wrong password is told so, before and after it is saved', async () => {
    const realPlugin = createPlugin({ hosts: workbench.sandbox.hosts });
    const { page } = await workbench.open({ realPlugin });
    const dialog = await addDatasource(page, {
      username: workbench.account.username,
      password: 'not-the-one',
    });
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByRole('alert').getByText('Mixpanel does not accept these credentials').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await fill(page, 'projectId', '1234567');
    await run(page);
    await page.locator('[data-error-code=WRONG_CREDENTIALS]').waitFor();
    await page.getByRole('button', { name: 'Test the datasource' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await realPlugin.close();
  });

  test('of another region is mended with one click', async () => {
    const local = createPlugin({ hosts: workbench.sandbox.hosts });
    const european: MixpanelPlugin = {
      ...local,
      test: async (datasource) =>
        datasource.region === 'EU'
          ? local.test(datasource)
          : { ok: false, region: 'EU', message: 'The credentials work, but in the region EU.' },
    };
    const { page } = await workbench.open({ realPlugin: european });
    const dialog = await addDatasource(page, workbench.account);
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByRole('button', { name: 'Change the region to EU' }).click();
    await dialog.getByText('Connected', { exact: true }).waitFor();
    expect(await dialog.locator('[data-field=region] input').first().inputValue()).toContain('(EU)');
    await local.close();
  });

  test('is forgotten when told to', async () => {
    const realPlugin = createPlugin({ hosts: workbench.sandbox.hosts });
    const { page } = await workbench.open({ realPlugin });
    const dialog = await addDatasource(page, workbench.account);
    await dialog.locator('[data-field=projectId] input').fill('1234567');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Datasource: sandbox US', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Forget/ }).click();
    await page.getByRole('button', { name: 'Datasource: Sandbox local', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^Datasource:/ }).click();
    await page.getByRole('menuitem', { name: 'Test Sandbox' }).waitFor();
    expect(await page.getByRole('menuitem', { name: /^Forget/ }).count()).toBe(0);
    await realPlugin.close();
  });

  test('is tested on saving, gets the only project it reaches, and can be renamed without its password', async () => {
    const realPlugin = createPlugin({ hosts: workbench.sandbox.hosts });
    const { page } = await workbench.open({ realPlugin });
    const analyst = { username: 'analyst.demo.mp-service-account', password: 'sandbox' };
    const dialog = await addDatasource(page, analyst);
    await dialog.getByLabel('Name', { exact: true }).fill('Shop');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Datasource: Shop US', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Edit Shop' }).click();
    const form = page.getByRole('dialog', { name: 'Edit Shop' });
    expect(await form.locator('[data-field=projectId] input').inputValue()).toBe('1234567');
    expect(await form.locator('[data-field=password] input').inputValue()).toBe('');
    expect(await axeViolations(page)).toEqual([]);
    await form.getByLabel('Name', { exact: true }).fill('Till');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Datasource: Till US', exact: true }).waitFor();
    await run(page);
    await page.getByRole('status', { name: 'Summary' }).waitFor();
    await realPlugin.close();
  });

  test('that reaches several projects asks which one, and saves without one too', async () => {
    const realPlugin = createPlugin({ hosts: workbench.sandbox.hosts });
    const { page } = await workbench.open({ realPlugin });
    const dialog = await addDatasource(page, workbench.account);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Connected', { exact: true }).waitFor();
    await dialog.getByLabel('Default project', { exact: true }).first().waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await realPlugin.close();
  });

  test('that is not complete is told so under its fields', async () => {
    const { page } = await workbench.open();
    await page.getByRole('button', { name: 'Connect your Mixpanel' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a datasource' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    for (const field of ['username', 'password']) {
      await dialog.locator(`[data-field=${field}] [role=alert]`).getByText('Is required.').waitFor();
    }
    expect(await axeViolations(page)).toEqual([]);
  });
});
