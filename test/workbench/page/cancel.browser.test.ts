import { describe, expect, test } from 'vitest';
import { axeViolations, chooseCommand, linesOf, saveToFile, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

describe('cancelling', () => {
  async function lastRequest(): Promise<{ path: string; complete: boolean } | undefined> {
    const response = await fetch(`${workbench.sandbox.url}/_sandbox/requests`);
    const { requests } = (await response.json()) as { requests: { path: string; complete: boolean }[] };
    return requests.at(-1);
  }

  test('a run gives the query up, upstream too', async () => {
    const { page } = await workbench.open({ ownServer: true });
    await workbench.steer('faults', { path: '/api/query/events/top', kind: 'latency', ms: 3_600_000 });
    await chooseCommand(page, "Get Today's Top Events");
    const sent = page.waitForRequest(/workbench\/api\/run$/);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await sent;
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The query was cancelled').waitFor();
    await expect.poll(lastRequest).toMatchObject({ path: '/api/query/events/top', complete: false });
  });

  test('an export keeps the whole records that had arrived', async () => {
    const { page } = await workbench.open();
    await workbench.steer('faults', { path: '/api/2.0/export', kind: 'drip', bytes: 8_000, everyMs: 2_000 });
    await chooseCommand(page, 'Download Mixpanel Data');
    await page.locator('[aria-label^="Clear Event"]').click();
    await saveToFile(page);
    await page.locator('[data-export=streaming] [data-rows]:not([data-rows="0"])').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel export' }).click();
    await page.locator('[data-export=cancelled]').waitFor();
    const rows = Number(await page.locator('[data-rows]').getAttribute('data-rows'));
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save so far' }).click();
    expect(await linesOf(await download)).toHaveLength(rows);
    await expect.poll(lastRequest).toMatchObject({ path: '/api/2.0/export', complete: false });
  });
});
