// Takes the pictures of the README: `npm run build && node scripts/screenshots.js`.
import { mkdir } from 'node:fs/promises';
import chromium from '@sparticuz/chromium';
import { chromium as launcher } from 'playwright-core';
import { startServer } from '../dist/server/index.js';

const FOLDER = 'docs/images';
const SIZE = { width: 1280, height: 800 };

await mkdir(FOLDER, { recursive: true });
const server = await startServer({ sandbox: true, port: 0, logLevel: 'warn' });
const browser = await launcher.launch({
  executablePath: await chromium.executablePath(),
  args: [...chromium.args.filter((arg) => arg !== '--single-process'), '--no-sandbox'],
  headless: true,
});

/** Opens the workbench and waits for its first chart. */
async function open(options) {
  const context = await browser.newContext({ viewport: SIZE, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(`${server.url}/`);
  await page.locator('[role=img] canvas').waitFor();
  await page.evaluate(() => document.fonts.ready);
  return page;
}

async function take(page, name) {
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  await page.context().close();
}

async function chooseCommand(page, label) {
  await page.locator('section[aria-label="Command"] input').first().click();
  await page.getByRole('option', { name: label }).first().click();
}

/** Points at the day on which the shop's checkout failed. */
async function point(page) {
  const box = await page.locator('[role=img] canvas').boundingBox();
  await page.mouse.move(box.x + box.width * 0.43, box.y + box.height * 0.4);
  await page.getByText('Checkout Started').nth(2).waitFor();
}

try {
  const light = await open({ colorScheme: 'light' });
  await point(light);
  await take(light, 'workbench');

  const dark = await open({ colorScheme: 'dark' });
  await point(dark);
  await take(dark, 'workbench-dark');

  const table = await open({ colorScheme: 'light' });
  await chooseCommand(table, 'Download Mixpanel Data');
  await table
    .locator('[data-field=where] .cm-content')
    .fill('properties["country"] == "US" && defined(properties["plan"])');
  await table.getByRole('button', { name: 'Run', exact: true }).click();
  await table.getByRole('status', { name: 'Summary' }).getByText('Download Mixpanel Data').waitFor();
  await table.getByRole('tab', { name: 'Table' }).click();
  await table.getByRole('table', { name: 'Result' }).waitFor();
  await take(table, 'workbench-table');
} finally {
  await browser.close();
  await server.close();
}
