import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeViolations, chooseCommand, field, fill, run, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

const hash = (page: Page) => page.evaluate<string>('location.hash');
const runs = (page: Page) => page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
const showHistory = (page: Page) => page.getByRole('button', { name: 'History' }).click();

describe('the address', () => {
  test('stays bare until something is changed, and then keeps the work through a reload', async () => {
    const { page } = await workbench.open();
    expect(await hash(page)).toBe('');
    await chooseCommand(page, 'Get Top Event Properties');
    await fill(page, 'event', 'Purchase');
    await fill(page, 'limit', '7');
    await expect.poll(() => hash(page)).toMatch(/^#GET_TOP_EVENT_PROPERTIES\?.*event=Purchase.*limit=7/);
    await page.reload();
    await page.locator('section[aria-label="Get Top Event Properties"]').waitFor();
    expect(await field(page, 'event').inputValue()).toBe('Purchase');
    expect(await field(page, 'limit').inputValue()).toBe('7');
  });

  test('has each run as a step for the Back button, and relative dates as they were chosen', async () => {
    const { page } = await workbench.open();
    await fill(page, 'fromDate', '-3d');
    await run(page);
    await expect.poll(() => hash(page)).toContain('fromDate=-3d');
    await fill(page, 'fromDate', '-5d');
    await expect.poll(() => hash(page)).toContain('fromDate=-5d');
    await page.goBack();
    await expect.poll(() => field(page, 'fromDate').inputValue()).toBe('-3d');
  });

  test('never holds a token', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Track Events');
    await fill(page, 'trackedEvents', '[{"event": "A", "properties": {"token": "abcdef123456"}}]');
    await expect.poll(() => hash(page)).toContain('YOUR_TOKEN');
    expect(await hash(page)).not.toContain('abcdef123456');
  });
});

describe('the history', () => {
  test('lists runs, opens them, runs them again for free, and keeps them through a reload', async () => {
    const { page } = await workbench.open({ ownServer: true });
    await chooseCommand(page, 'Get Top Events');
    await fill(page, 'limit', '3');
    await run(page);
    await fill(page, 'limit', '4');
    await run(page);
    await page.reload();
    await page.getByRole('main').waitFor();
    await showHistory(page);
    await expect.poll(() => runs(page).count()).toBe(2);
    expect(await runs(page).nth(1).textContent()).toMatch(/3 rows · cached, free/);
    expect(await axeViolations(page)).toEqual([]);
    const answer = page.waitForResponse(/workbench\/api\/run$/);
    await runs(page)
      .nth(1)
      .getByRole('button', { name: /^Run again: / })
      .click();
    await answer;
    const summary = page.getByRole('status', { name: 'Summary' });
    await summary.getByText('3 rows').waitFor();
    expect(await summary.getAttribute('data-cost')).toBe('0');
    expect(await field(page, 'limit').inputValue()).toBe('3');
    await showHistory(page);
    await expect.poll(() => runs(page).count()).toBe(2);
  });

  test('takes a star, a name and a search, and lets go of a run', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Get Top Events');
    for (const limit of ['5', '6']) {
      await fill(page, 'limit', limit);
      await run(page);
    }
    await showHistory(page);
    const older = runs(page).filter({ hasText: '5 rows' });
    await older.getByRole('button', { name: /^Rename/ }).click();
    await page.getByRole('textbox', { name: 'Name of the run' }).fill('My five');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Star My five' }).click();
    await expect.poll(() => runs(page).first().textContent()).toContain('My five');
    await page.getByRole('textbox', { name: 'Search the history' }).fill('my f');
    await expect.poll(() => runs(page).count()).toBe(1);
    await page.getByRole('button', { name: 'Delete My five' }).click();
    await page.getByText('No run matches').waitFor();
    await page.getByRole('textbox', { name: 'Search the history' }).fill('');
    await expect.poll(() => runs(page).count()).toBe(1);
    await runs(page)
      .first()
      .getByRole('button', { name: /^Get Top Events/ })
      .click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await field(page, 'limit').inputValue()).toBe('6');
  });

  test('keeps no token, and does not offer to send what it does not have', async () => {
    const { page } = await workbench.open();
    await chooseCommand(page, 'Track Events');
    const event =
      '[{"event": "Tried", "properties": {"token": "sandbox-token-1234567", "distinct_id": "me"}}]';
    await fill(page, 'trackedEvents', event);
    await run(page);
    await showHistory(page);
    await runs(page).getByText('secrets and long texts are not kept').waitFor();
    expect(
      await runs(page)
        .getByRole('button', { name: /^Run again: / })
        .count(),
    ).toBe(0);
    const stored = await page.evaluate<string>('JSON.stringify(localStorage)');
    expect(stored).toContain('TRACK_EVENTS');
    expect(stored).not.toContain('sandbox-token-1234567');
    expect(stored).not.toContain(workbench.account.password);
    expect(stored).not.toContain(workbench.account.username);
  });

  test('is empty, and works, over storage that something has spoiled', async () => {
    const { page } = await workbench.open({
      prepare: (page) =>
        page.addInitScript(
          `if (!localStorage.getItem('spoiled')) {
            localStorage.setItem('spoiled', 'yes');
            localStorage.setItem('mixpanel-workbench.history', '{"not": ["a history"');
          }`,
        ),
    });
    await showHistory(page);
    await page.getByText('No runs yet').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
    await run(page);
    await showHistory(page);
    await expect.poll(() => runs(page).count()).toBe(1);
  });
});
