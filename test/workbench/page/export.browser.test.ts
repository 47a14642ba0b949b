import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { MixpanelPlugin } from '../../../src/plugin.js';
import { success } from '../../results.js';
import {
  axeViolations,
  chooseCommand,
  field,
  fill,
  linesOf,
  saveToFile,
  setUpWorkbench,
} from './workbench-page.js';

const workbench = setUpWorkbench();

test('an export that broke off goes on where it was, in the same file', async () => {
  const { page, plugin } = await workbench.open({
    pluginOptions: { transfer: { attempts: 1 } },
  });
  await workbench.steer('faults', {
    path: '/api/2.0/export',
    kind: 'terminated-early',
    afterLines: 40,
    times: 9,
  });
  await chooseCommand(page, 'Download Mixpanel Data');
  await saveToFile(page);
  await page.locator('[data-export=failed]').waitFor();
  await page.getByText('Incomplete export').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await workbench.steer('faults');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.locator('[data-export=done]').waitFor();
  expect(await linesOf(await download)).toEqual(await exportedRows(page, plugin));
});

test('a result stays where it is when no file is chosen to export to', async () => {
  const { page } = await workbench.open({
    prepare: (page) =>
      page.addInitScript(() => {
        // Not configurable, so that whatever else takes the picker away leaves this one.
        Object.defineProperty(globalThis, 'showSaveFilePicker', {
          value: () => {
            Reflect.set(globalThis, 'filesAskedFor', 1);
            return Promise.reject(new DOMException('The user aborted a request.', 'AbortError'));
          },
        });
      }),
  });
  await chooseCommand(page, 'Download Mixpanel Data');
  await saveToFile(page);
  await expect.poll(() => page.evaluate('globalThis.filesAskedFor')).toBe(1);
  expect(await page.getByRole('status', { name: 'Summary' }).textContent()).toContain('120 rows');
  expect(await page.locator('[data-export]').count()).toBe(0);
});

test('an export arrives in its file whole', async () => {
  const { page, plugin } = await workbench.open();
  await chooseCommand(page, 'Download Mixpanel Data');
  const download = page.waitForEvent('download');
  await saveToFile(page);
  await page.locator('[data-export=done]').waitFor();
  expect(await linesOf(await download)).toEqual(await exportedRows(page, plugin));
});

test('a long list of activity arrives in a file as it does in a result', async () => {
  const { page, plugin } = await workbench.open();
  await chooseCommand(page, 'Get Profile Event Activity');
  await fill(page, 'distinctIds', '["user1","user2","user3"]');
  const download = page.waitForEvent('download');
  await saveToFile(page);
  await page.locator('[data-export=done]').waitFor();
  const { body } = success(
    await plugin.execute({
      datasource: workbench.account,
      command: 'GET_PROFILE_EVENT_ACTIVITY',
      parameters: {
        distinctIds: ['user1', 'user2', 'user3'],
        fromDate: await field(page, 'fromDate').inputValue(),
        toDate: await field(page, 'toDate').inputValue(),
      },
    }),
  );
  const rows = await linesOf(await download);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows).toEqual(body);
});

/** The rows of the page's export, fetched without the page. */
async function exportedRows(page: Page, plugin: MixpanelPlugin): Promise<unknown> {
  const { body } = success(
    await plugin.execute({
      datasource: workbench.account,
      command: 'DOWNLOAD_DATA',
      parameters: {
        events: ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'],
        fromDate: await field(page, 'fromDate').inputValue(),
        toDate: await field(page, 'toDate').inputValue(),
      },
    }),
  );
  return body;
}
