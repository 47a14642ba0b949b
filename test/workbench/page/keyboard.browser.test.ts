import { expect, test } from 'vitest';
import { setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

test('everything is done with the keyboard alone', async () => {
  const { page } = await workbench.open();
  const focused = () => page.evaluate('document.activeElement?.id ?? ""');
  for (let press = 0; press < 20 && !String(await focused()).includes('command'); press += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Control+a');
  await page.keyboard.type('top events (');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => page.locator('section[aria-label="Get Top Events (Last 31 Days)"]').count())
    .toBe(1);
  const answer = page.waitForResponse(/workbench\/api\/run$/);
  await page.keyboard.press('Control+Enter');
  await answer;
  await page.getByRole('status', { name: 'Summary' }).getByText('Get Top Events (Last 31 Days)').waitFor();
  const isTab = () => page.evaluate('document.activeElement?.getAttribute("role") === "tab"');
  for (let press = 0; press < 40 && !(await isTab()); press += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('End');
  await page.getByRole('tab', { name: 'Use it', selected: true }).waitFor();
});
