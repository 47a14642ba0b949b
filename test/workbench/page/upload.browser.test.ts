import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { daysAgo, today } from '../../days.js';
import { success } from '../../results.js';
import { chooseCommand, expectAccessible, type OpenWorkbench, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();
const TOKEN = 'sandbox-token-1234567';

/** Drops a file as a person does from another window. */
async function drop(page: Page, name: string, content: string): Promise<void> {
  // As text, since the tests know no types of a browser.
  const data = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}));
    return transfer;
  })()`);
  await page.getByRole('region', { name: 'Drop a file' }).dispatchEvent('drop', { dataTransfer: data });
}

async function openTrackEvents(): Promise<OpenWorkbench> {
  const opened = await workbench.open();
  await chooseCommand(opened.page, 'Track Events');
  return opened;
}

const isReady = (page: Page) => page.locator('[data-upload=ready]').waitFor();

async function eventsNamed({ plugin }: OpenWorkbench, name: string): Promise<unknown[]> {
  const parameters = {
    events: [name],
    fromDate: daysAgo(6),
    toDate: today(),
    cacheSeconds: 0,
    dedupe: 'yes',
  };
  const { body } = success(
    await plugin.execute({ datasource: workbench.account, command: 'DOWNLOAD_DATA', parameters }),
  );
  return body as unknown[];
}

test('a dropped file is shown as it would be sent, sent when confirmed, and its rejected records can be corrected', async () => {
  const opened = await openTrackEvents();
  const { page } = opened;
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const row = (user: string, time: string, price: string) => `Dropped;${user};${time};${price};007\n`;
  const csv = `event;user_id;time;price;code\n${row('u1', `${today()} 00:00:01`, '19,90')}${row('u2', 'soon', '1,50')}`;
  await drop(page, 'shop.csv', csv);
  await isReady(page);
  await page.getByText('0 events can be sent, 2 records cannot.').waitFor();
  await page.getByText('has no "distinct_id", but "user_id". Choose "user_id" for Distinct ID.').waitFor();

  await page.getByLabel('Distinct ID').selectOption('user_id');
  await page.getByText('1 event can be sent, 1 record cannot.').waitFor();
  const preview = page.getByRole('region', { name: 'Preview' }).getByRole('row').nth(1);
  expect(await preview.getByRole('cell').allTextContents()).toEqual([
    '2',
    `${today()} 00:00:01`,
    'Dropped',
    'price: 19.9code: "007"distinct_id: "u1"',
  ]);
  await expectAccessible(page, 'checked file');
  expect(await eventsNamed(opened, 'Dropped')).toEqual([]);

  await page.getByRole('button', { name: 'Send 1 event' }).click();
  await page.locator('[data-upload=sent]').waitFor();
  await expectAccessible(page, 'sent file');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download 1 rejected record' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('shop.rejected.csv');
  const rejected = await readFile(await file.path(), 'utf8');
  expect(rejected).toBe(`event;user_id;time;price;code\n${row('u2', 'soon', '1,50')}`);

  await drop(page, 'mended.csv', rejected.replace('soon', `${today()} 00:00:02`));
  await isReady(page);
  await page.getByLabel('Distinct ID').selectOption('user_id');
  await page.getByRole('button', { name: 'Send 1 event' }).click();
  await page.locator('[data-upload=sent]').waitFor();
  expect(await eventsNamed(opened, 'Dropped')).toHaveLength(2);
  expect(requests.filter((url) => url.includes(TOKEN))).toEqual([]);
});

test('a file that was sent is known again, and counts no event twice', async () => {
  const opened = await openTrackEvents();
  const { page } = opened;
  const content = '{"event":"Again","distinct_id":"u1"}\n{"event":"Again","distinct_id":"u1"}\n';
  for (const times of [1, 2]) {
    await page.locator('input[type=file]').setInputFiles({
      name: 'again.ndjson',
      mimeType: 'application/x-ndjson',
      buffer: Buffer.from(content),
    });
    await page.getByRole('button', { name: 'Send 2 events' }).click();
    await page.locator('[data-upload=sent]').waitFor();
    await page.getByRole('button', { name: 'Back to the file' }).click();
    if (times === 2) await page.getByText('This file was sent from this browser on').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
  }
  expect(await eventsNamed(opened, 'Again')).toHaveLength(2);
});

test('sending can be cancelled, says what was sent, and the rest follows without doubles', async () => {
  const opened = await openTrackEvents();
  const { page } = opened;
  const rows = Array.from({ length: 6000 }, (_, index) => `Long,u${index}\n`).join('');
  await drop(page, 'long.csv', `event,distinct_id\n${rows}`);
  await isReady(page);
  await workbench.steer('faults', { path: '/track', kind: 'latency', ms: 3_600_000, after: 1, times: 9 });
  await page.getByRole('button', { name: 'Send 6,000 events' }).click();
  await page.getByText('Sending: 2,000 events accepted').waitFor();
  // A key that runs a query throws nothing away.
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('[data-upload=stopped]').getByText('Mixpanel accepted 2,000 events.').waitFor();
  await workbench.steer('faults');
  await page.getByRole('button', { name: 'Back to the file' }).click();
  await page.getByRole('button', { name: 'Send 6,000 events' }).click();
  await page.locator('[data-upload=sent]').waitFor();
  expect(await eventsNamed(opened, 'Long')).toHaveLength(6000);
});

test('a file that cannot be read says where it is broken', async () => {
  const { page } = await openTrackEvents();
  await drop(page, 'broken.csv', 'event,note\nA,5" screen\n');
  const alert = page.getByRole('alert');
  await alert.getByText('line 2, column 2: a quote stands within a cell').waitFor();
  expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
});

test('a wrong option is told at its field', async () => {
  const { page } = await openTrackEvents();
  await drop(page, 'a.csv', 'event\nA\n');
  await isReady(page);
  await page.locator('[data-upload]').getByLabel('Time zone').fill('Berlin');
  await page.getByText('"Berlin" is not a time zone.').waitFor();
});
