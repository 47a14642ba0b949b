import { describe, expect, test, vi } from 'vitest';
import { axeViolations, chooseCommand, run, setUpWorkbench } from './workbench-page.js';

const workbench = setUpWorkbench();

describe('when the quota is used up', () => {
  test('an older result is served, and says so', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    try {
      const { page } = await workbench.open({ ownServer: true });
      await page.getByRole('status', { name: 'Summary' }).waitFor();
      vi.setSystemTime(Date.now() + 30 * 60_000);
      await workbench.steer('quota', { used: 60 });
      await run(page);
      await expect
        .poll(() => page.getByRole('status', { name: 'Summary' }).getAttribute('data-cache'))
        .toBe('STALE');
      const notice = page.getByRole('status').filter({ hasText: 'You see the result of' });
      expect(await notice.textContent()).toMatch(/30 min old.*quota/i);
      expect(await axeViolations(page)).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a new query is refused with the time of the next slot', async () => {
    const { page, plugin } = await workbench.open({ ownServer: true });
    const datasource = workbench.account;
    const { left } = await plugin.quota({ projectId: datasource.projectId });
    await Promise.all(
      Array.from({ length: left ?? 0 }, (_, index) =>
        plugin.execute({ datasource, command: 'GET_TOP_EVENTS', parameters: { limit: index + 1 } }),
      ),
    );
    await chooseCommand(page, "Get Today's Top Events");
    await run(page);
    await page.locator('[data-error-code=RATE_LIMITED_HOURLY]').waitFor();
    await page.getByRole('button', { name: 'Retry at' }).waitFor();
    await expect.poll(() => page.locator('[data-quota-left]').textContent()).toContain('0 of 60');
    expect(await axeViolations(page)).toEqual([]);
  });
});
