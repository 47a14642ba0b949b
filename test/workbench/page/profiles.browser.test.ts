import { expect, test } from 'vitest';
import { chooseCommand, run, setUpWorkbench } from './workbench-page.js';

/** More than a page of profiles. */
const workbench = setUpWorkbench({ events: 2_000, users: 2_400 });

test('the pages of profiles that are not there are loaded for free', async () => {
  const { page } = await workbench.open({ ownServer: true });
  await chooseCommand(page, 'Query Profiles');
  await run(page);
  const summary = page.getByRole('status', { name: 'Summary' });
  const total = Number(
    (await summary.textContent())?.match(/of ([\d,]+) profiles/)?.[1]?.replaceAll(',', ''),
  );
  const left = await page.locator('[data-quota-left]').getAttribute('data-quota-left');
  const answer = page.waitForResponse(/workbench\/api\/run$/);
  await page.getByRole('button', { name: 'Load the rest (free)' }).click();
  await answer;
  await summary.getByText(`${total.toLocaleString('en-US')} rows`).waitFor();
  expect(await summary.getAttribute('data-cost')).toBe('0');
  expect(await page.locator('[data-quota-left]').getAttribute('data-quota-left')).toBe(left);
  expect(await page.getByText('Changed since this run').count()).toBe(0);
});
