import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { chooseCommand, field, setUpWorkbench, tableOf } from './workbench-page.js';

// The jobs of docs/jobs.md from the first screen, with the clicks and keys that each takes.

const workbench = setUpWorkbench({ events: 20_000, users: 400 });

/** Does what a person does, and counts it. */
class Hand {
  clicks = 0;
  keys = 0;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async click(target: Locator): Promise<void> {
    this.clicks += 1;
    await target.click();
  }

  async write(target: Locator, text: string): Promise<void> {
    await this.click(target);
    this.keys += text.length;
    await target.fill(text);
    await this.page.keyboard.press('Escape');
  }

  /** Chooses a command: two clicks. */
  async choose(label: string): Promise<void> {
    this.clicks += 2;
    await chooseCommand(this.page, label);
  }

  /** Chooses an entry of a menu. */
  async pick(menu: Locator, name: RegExp | string): Promise<void> {
    await this.click(menu);
    await this.click(this.page.getByRole('option', { name }).first());
  }

  async run(): Promise<void> {
    const answer = this.page.waitForResponse((response) => response.url().endsWith('/workbench/api/run'));
    await this.click(this.page.getByRole('button', { name: 'Run', exact: true }));
    await (await answer).finished();
    await this.page.locator('[aria-busy="false"]').waitFor({ state: 'attached' });
  }
}

async function openHand(): Promise<Hand> {
  const { page } = await workbench.open();
  return new Hand(page);
}

const request = (page: Page) => page.getByRole('combobox', { name: 'Request' });
const range = (page: Page) => page.getByRole('combobox', { name: 'Range of dates' });

test('daily signups by plan as a stacked chart take 8 clicks', async () => {
  const hand = await openHand();
  const { page } = hand;
  await hand.choose('Get Aggregated Event Property Values');
  await hand.write(field(page, 'event'), 'Signup');
  await hand.write(field(page, 'propertyName'), 'PlanType');
  await hand.pick(range(page), 'Last 30 days');
  await hand.run();
  await hand.click(page.getByText('Stacked', { exact: true }));
  await page.getByRole('img', { name: /^stacked chart/ }).waitFor();
  expect([hand.clicks, hand.keys]).toEqual([8, 14]);
});

test('the checkout funnel by week takes 5 clicks', async () => {
  const hand = await openHand();
  await hand.choose('Custom Action');
  await hand.pick(request(hand.page), /^Saved funnel by week/);
  await hand.run();
  expect((await tableOf(hand.page)).columns).toEqual(
    expect.arrayContaining(['date', 'step', 'stepConversion']),
  );
  expect([hand.clicks, hand.keys]).toEqual([5, 0]);
});

test('the retention of those who signed up takes 5 clicks', async () => {
  const hand = await openHand();
  await hand.choose('Custom Action');
  await hand.pick(request(hand.page), /^Retention/);
  await hand.run();
  expect((await tableOf(hand.page)).columns).toEqual(expect.arrayContaining(['date', 'period', 'rate']));
  expect([hand.clicks, hand.keys]).toEqual([5, 0]);
});

test('a saved report by its name takes 5 clicks', async () => {
  const hand = await openHand();
  const { page } = hand;
  await hand.choose('Query Insights Report');
  await hand.pick(field(page, 'bookmarkId'), /^Signups and purchases by day/);
  await hand.run();
  await page.getByRole('img', { name: /^line chart/ }).waitFor();
  expect([hand.clicks, hand.keys]).toEqual([5, 0]);
});

test('which values a property has takes 5 clicks', async () => {
  const hand = await openHand();
  const { page } = hand;
  await hand.choose('Get Top Event Property Values');
  await hand.write(field(page, 'event'), 'Purchase');
  await hand.write(field(page, 'propertyName'), 'country');
  await hand.run();
  expect((await tableOf(page)).rows).toBeGreaterThan(1);
  expect([hand.clicks, hand.keys]).toEqual([5, 15]);
});

test('a profile update takes 5 clicks beside its values', async () => {
  const hand = await openHand();
  const { page } = hand;
  await hand.choose('Custom Action');
  await hand.pick(request(page), /^Profile updates: Set /);
  await hand.run();
  expect((await tableOf(page)).columns).toEqual(expect.arrayContaining(['status', 'accepted']));
  expect([hand.clicks, hand.keys]).toEqual([5, 0]);
});
