import { readFile } from 'node:fs/promises';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../../src/plugin.js';
import type { QueryRequest } from '../../../src/query/prepared-query.js';
import type { QuerySuccess } from '../../../src/result/query-result.js';
import type { Sandbox } from '../../../src/sandbox/index.js';
import { startServer } from '../../../src/server/index.js';
import { success } from '../../results.js';
import {
  accountOf,
  axeViolations,
  chooseCommand,
  field,
  fill,
  openBrowser,
  openWorkbench,
  run,
  startSmallSandbox,
  steer,
} from './workbench-page.js';

let browser: Browser;
let sandbox: Sandbox;

beforeAll(async () => {
  [browser, sandbox] = await Promise.all([openBrowser(), startSmallSandbox()]);
  // Soon after midnight nothing has happened today yet.
  const event = { event: 'Early', properties: { token: 'sandbox-token-1234567', distinct_id: 'early' } };
  await fetch(`${sandbox.url}/track`, { method: 'POST', body: JSON.stringify([event]) });
});
afterAll(async () => {
  await browser.close();
  await sandbox.close();
});
beforeEach(async () => {
  await steer(sandbox, 'faults');
  await steer(sandbox, 'requests');
  await steer(sandbox, 'quota', { reset: true });
  await steer(sandbox, 'quota', { reset: true, family: 'export' });
});

/** The names of the columns and the texts of the first rows. */
async function tableOf(page: Page) {
  await page.getByRole('tab', { name: 'Table' }).click();
  await page.getByRole('table', { name: 'Result' }).waitFor();
  return {
    columns: (await page.getByRole('columnheader').allTextContents()).map((text) => text.trim()),
    rows: await page.locator('[role=row]:has([role=cell])').count(),
  };
}

describe('the first screen', () => {
  test('shows a chart of a query that has already run on the sandbox', async () => {
    const { page, plugin } = await openWorkbench(browser, { sandbox });
    await page.getByRole('img', { name: 'line chart: count by date' }).waitFor();

    const { body } = await executeOrThrow(plugin, {
      datasource: accountOf(sandbox),
      command: 'GET_AGGREGATE_EVENT_COUNTS',
      parameters: {
        events: ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'],
        fromDate: await field(page, 'fromDate').inputValue(),
        toDate: await field(page, 'toDate').inputValue(),
      },
    });
    const rows = body as { date: string; event: string; count: number }[];
    const numbers = page.locator('table[data-chart=line]');
    expect(await numbers.locator('thead th').allTextContents()).toEqual([
      'date',
      ...new Set(rows.map(({ event }) => event)),
    ]);
    expect(await numbers.locator('tbody td').allTextContents()).toEqual(
      rows.map(({ count }) => String(count)),
    );
    expect(await page.getByText('1 query', { exact: false }).first().textContent()).toContain('cost 1 query');
  });

  test('draws every series in its own colour', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    const image = page.getByRole('img', { name: /line chart/ });
    await image.locator('canvas').waitFor();
    const colours = await page
      .getByRole('list', { name: 'Series' })
      .locator('rect')
      .evaluateAll((rects) => rects.map((rect) => rect.getAttribute('fill') ?? ''));
    expect(colours).toHaveLength(4);
    await expect.poll(() => drawnColours(page)).toEqual(expect.arrayContaining(colours));
    const picture = await image.screenshot();
    expect(picture.length).toBeGreaterThan(5_000);
  });

  test('is there under the secret prefix of the host service too', async () => {
    const plugin = createPlugin({ hosts: sandbox.hosts });
    onTestFinished(() => plugin.close());
    const server = await startServer({
      port: 0,
      pathPrefix: 'a-prefix-that-nobody-guesses-0123456789',
      plugin,
      logLevel: 'silent',
      drainMs: 0,
    });
    onTestFinished(() => server.close());
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Add a datasource' }).waitFor();
    await page.locator('[data-field=username] input').fill(accountOf(sandbox).username);
    await page.locator('[data-field=password] input').fill(accountOf(sandbox).password);
    await page.locator('[data-field=projectId] input').fill('1234567');
    await page.getByRole('button', { name: 'Save' }).click();
    await fill(page, 'events', '["Signup"]');
    await run(page);
    await page.getByRole('img', { name: 'line chart: count by date' }).waitFor();
  });

  test('asks for a datasource where there is no sandbox', async () => {
    const { page } = await openWorkbench(browser);
    await page.getByRole('heading', { name: 'Add a datasource' }).waitFor();
    expect(
      await page
        .locator('[data-field]')
        .evaluateAll((all) => all.map((each) => each.getAttribute('data-field'))),
    ).toEqual(['username', 'password', 'region', 'projectId']);
    expect(await page.locator('[data-field] label').allTextContents()).toEqual([
      'Mixpanel Service Account Username *',
      'Mixpanel Service Account Password *',
      'Region *',
      'Default Project ID',
    ]);
    expect(await axeViolations(page)).toEqual([]);
  });
});

/** The colours on the chart's canvas that cover more than a stray pixel. */
function drawnColours(page: Page): Promise<string[]> {
  return page.locator('[role=img] canvas').evaluate((element) => {
    const canvas = element as unknown as {
      width: number;
      height: number;
      getContext(kind: '2d'): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
    };
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map<string, number>();
    for (let at = 0; at < data.length; at += 4) {
      const hex = `#${[0, 1, 2].map((part) => data[at + part]!.toString(16).padStart(2, '0')).join('')}`;
      counts.set(hex, (counts.get(hex) ?? 0) + 1);
    }
    return [...counts].filter(([, count]) => count > 20).map(([hex]) => hex);
  });
}

interface CommandCase {
  label: string;
  /** Values by field key, beyond what the page opens with. */
  values?: Record<string, string>;
  columns: string[];
}

const COMMANDS: CommandCase[] = [
  { label: 'Get Projects', columns: ['name', 'id', 'organization'] },
  {
    label: 'Get Aggregate Event Counts',
    values: { workspaceId: '9876543' },
    columns: ['date', 'event', 'count'],
  },
  {
    label: 'Get Aggregated Event Property Values',
    values: { event: 'Page View', propertyName: 'country' },
    columns: ['date', 'value', 'count'],
  },
  { label: "Get Today's Top Events", columns: ['event', 'amount', 'percentChange'] },
  { label: 'Get Top Events (Last 31 Days)', columns: ['event', 'rank'] },
  { label: 'Get Top Event Properties', values: { event: 'Purchase' }, columns: ['property', 'count'] },
  {
    label: 'Get Top Event Property Values',
    values: { event: 'Page View', propertyName: 'country' },
    columns: ['value', 'rank'],
  },
  {
    label: 'Download Mixpanel Data',
    values: { where: 'defined(properties["plan"])', limit: '50' },
    columns: ['event', 'time', 'distinct_id'],
  },
  { label: 'Query Insights Report', values: { bookmarkId: '67890' }, columns: [] },
  { label: 'Query Profiles', columns: ['distinct_id'] },
  {
    label: 'Get Profile Event Activity',
    values: { distinctIds: '["user1","user2","user3"]' },
    columns: ['event', 'time', 'distinct_id'],
  },
  {
    label: 'Track Events',
    values: {
      trackedEvents:
        '[{"event": "Tried", "properties": {"token": "sandbox-token-1234567", "distinct_id": "me"}}]',
    },
    columns: ['status', 'accepted'],
  },
  { label: 'List Saved Cohorts', columns: ['name', 'id', 'count'] },
  {
    label: 'Custom Action',
    values: { endpoint: '/api/query/funnels/list?project_id=1234567' },
    columns: ['funnel_id', 'name'],
  },
];

describe('every command', () => {
  test.each(COMMANDS)('$label runs to a table', async ({ label, values = {}, columns }) => {
    const { page } = await openWorkbench(browser, { sandbox });
    await chooseCommand(page, label);
    for (const [key, value] of Object.entries(values)) await fill(page, key, value);
    await run(page);
    const table = await tableOf(page);
    expect(table.columns.slice(0, columns.length)).toEqual(columns);
    expect(table.rows).toBeGreaterThan(0);
  });

  test('the selector offers all fourteen, and shows one form for each', async () => {
    const { page, plugin } = await openWorkbench(browser, { sandbox });
    await page.locator('section[aria-label="Command"] input').first().click();
    await expect.poll(() => page.getByRole('option').count()).toBe(plugin.commands.length);
    await page.keyboard.press('Escape');
    for (const { label, fields } of plugin.commands) {
      await chooseCommand(page, label);
      const shown = page.locator(`section[aria-label="${label.replaceAll('"', '\\"')}"] [data-field]`);
      await expect
        .poll(() => shown.evaluateAll((all) => all.map((each) => each.getAttribute('data-field'))))
        .toEqual(Object.keys(fields));
    }
  });
});

describe('a result', () => {
  test('is sorted, searched and saved', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('columnheader', { name: 'count' }).getByRole('button').click();
    await page
      .getByRole('columnheader', { name: 'count' })
      .and(page.locator('[aria-sort=descending]'))
      .waitFor();
    const counts = await page.locator('[role=cell][data-numeric]').allTextContents();
    expect(counts.map(Number)).toEqual(counts.map(Number).sort((a, b) => b - a));

    await page.getByRole('searchbox', { name: 'Search the rows' }).fill('purch');
    await page.getByText('30 of 120 rows').waitFor();

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    const file = await (await download).path();
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('date,event,count');
    expect(lines).toHaveLength(121);
  });

  test('of thousands of rows keeps only those in sight in the page', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await chooseCommand(page, 'Download Mixpanel Data');
    await page.locator('[aria-label="Clear Event(s) (JSON array)"]').click();
    await run(page);
    await page.getByRole('tab', { name: 'Table' }).click();
    const count = Number(await page.getByRole('table', { name: 'Result' }).getAttribute('aria-rowcount'));
    expect(count).toBeGreaterThan(2_000);
    expect(await page.locator('[role=row]').count()).toBeLessThan(100);
    await page
      .getByRole('region', { name: 'Rows' })
      .evaluate((region) => region.scrollTo(0, region.scrollHeight));
    await page.locator(`[role=row][aria-rowindex="${count}"]`).waitFor();
  });

  test('that was cut says so', async () => {
    const { page } = await openWorkbench(browser, { sandbox, pluginOptions: { caps: { rows: 100 } } });
    await chooseCommand(page, 'Download Mixpanel Data');
    await run(page);
    await page.getByRole('status', { name: 'Summary' }).getByText('cut short').waitFor();
    await page.getByText('Only the first 100 rows are here').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('of more names than bars can show opens as a table, its chart a click away', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await chooseCommand(page, 'Query Profiles');
    await run(page);
    await page.getByRole('tab', { name: 'Table', selected: true }).waitFor();
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.getByText(/^The first 30 of \d+ rows\.$/).waitFor();
  });

  test('as a tree shows its first rows at once', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByText('0 … 99').waitFor();
    await page.locator('summary').getByText('"event":"Added To Cart"').first().waitFor();
  });

  test.each([1280, 390])('shows the whole of each text to copy at %s px', async (width) => {
    const { page } = await openWorkbench(browser, { sandbox, viewport: { width, height: 800 } });
    await page.getByRole('tab', { name: 'Use it' }).click();
    await page.getByText('curl --compressed').waitFor();
    const cut = await page
      .locator('pre')
      .evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).length);
    expect(cut).toBe(0);
  });

  test('as CSV text is a table too', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await field(page, 'format').click();
    await page.getByRole('option', { name: 'CSV' }).click();
    await run(page);
    expect((await tableOf(page)).columns).toEqual(expect.arrayContaining(['date', 'Purchase']));
  });

  test('says from where it came and what it cost', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    const summary = page.getByRole('status', { name: 'Summary' });
    await expect.poll(() => summary.getAttribute('data-cost')).toBe('1');
    await expect.poll(() => page.locator('[data-quota-left]').textContent()).toContain('59 of 60');
    await run(page);
    await expect.poll(() => summary.getAttribute('data-cache')).toBe('HIT');
    expect(await summary.textContent()).toContain('cost no query');
    expect(await page.locator('[data-quota-left]').textContent()).toContain('59 of 60');
  });

  test('is at hand for Appsmith, a shell and TypeScript, without the password', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await page.getByRole('tab', { name: 'Use it' }).click();
    const panel = page.getByRole('region', { name: 'Use this query elsewhere' });
    await panel.getByText('curl --compressed').waitFor();
    const text = await panel.textContent();
    expect(text).toContain('{{Query1.data}}');
    expect(text).toContain(
      '{{Query1.data.filter((row) => row.event === "Purchase").map((row) => ({ x: row.date, y: row.count }))}}',
    );
    expect(text).toContain('-u "$MIXPANEL_USERNAME:$MIXPANEL_PASSWORD"');
    expect(text).toContain('command: "GET_AGGREGATE_EVENT_COUNTS"');
    expect(text).not.toContain(`"${accountOf(sandbox).password}"`);
  });

  test('has a link that reopens the query and runs nothing by itself', async () => {
    const { page } = await openWorkbench(browser, {
      sandbox,
      hash: '#GET_TOP_EVENTS?projectId=1234567&limit=7',
    });
    expect(await field(page, 'limit').inputValue()).toBe('7');
    await page.getByText('Nothing has run yet').waitFor();
    await run(page);
    expect((await tableOf(page)).rows).toBe(7);
    await page.getByRole('tab', { name: 'Use it' }).click();
    await page.getByText('#GET_TOP_EVENTS?').waitFor();
  });
});

describe('the form', () => {
  test('marks a filter where it goes wrong, while it is typed', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await chooseCommand(page, 'Download Mixpanel Data');
    await field(page, 'where').click();
    await page.keyboard.type('properties["plan"] === "Premium"');
    const mark = page.locator('[data-field=where] .cm-lintRange-error');
    await mark.waitFor();
    expect(await mark.textContent()).toBe('=');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.type('properties["plan"] == "Premium"');
    await mark.waitFor({ state: 'detached' });
  });

  test('marks JSON where it breaks', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await chooseCommand(page, 'Query Profiles');
    await field(page, 'formData').click();
    await page.keyboard.type('{"page": zero}');
    await page.locator('[data-field=formData] .cm-lintRange-error').getByText('z').waitFor();
  });

  test('is the manifest, its mistakes included', async () => {
    const { page } = await openWorkbench(browser, {
      sandbox,
      prepare: (page) =>
        page.route('**/workbench/api/start', async (route) => {
          const answer = await (await route.fetch()).text();
          await route.fulfill({
            body: answer.replace("command === 'GET_TOP_EVENTS'", "command == 'GET_TOP_EVENTS'"),
          });
        }),
    });
    await page.getByText('The manifest has a mistake').waitFor();
    await page.getByText('GET_TOP_EVENTS: The operator == is not one a form may use').waitFor();
  });

  test('puts each mistake at its field and sends nothing', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await fill(page, 'fromDate', '2026-03-02');
    await fill(page, 'toDate', '2026-03-01');
    await run(page);
    await page.locator('[data-error-code=INVALID_INPUT]').waitFor();
    expect(await page.locator('[data-field=fromDate] [role=alert]').textContent()).toContain(
      'Must not be after To Date',
    );
    await expect.poll(() => field(page, 'fromDate').evaluate((input) => input.matches(':focus'))).toBe(true);
  });

  test('offers what the project holds, and takes what it does not', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await chooseCommand(page, 'Get Top Event Properties');
    await field(page, 'event').click();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'Purchase', exact: true }).click();
    expect(await field(page, 'event').inputValue()).toBe('Purchase');
    await page.getByRole('button', { name: /^Query quota/ }).click();
    await page.getByRole('row', { name: 'Look-up of events from Mixpanel 1' }).waitFor();
    await page.keyboard.press('Escape');
    await fill(page, 'event', 'Never Seen');
    expect(await field(page, 'event').inputValue()).toBe('Never Seen');
  });
});

describe('a cohort to filter profiles by', () => {
  const cohort = (page: Page) => page.getByRole('combobox', { name: 'Filter by cohort' });
  const written = async (page: Page) =>
    (await field(page, 'formData').locator('.cm-line').allTextContents()).join('');

  test('is found by its name, written into the JSON, replaced and taken out again', async () => {
    const { page, plugin } = await openWorkbench(browser, { sandbox });
    const { options: cohorts } = await plugin.options({ datasource: accountOf(sandbox), lookup: 'cohorts' });
    const [first, second] = cohorts;
    await chooseCommand(page, 'Query Profiles');
    await field(page, 'formData').fill('{"output_properties": ["$name"]}');
    await cohort(page).click();
    await expect.poll(() => page.getByRole('option').count()).toBe(cohorts.length);
    await cohort(page).fill(first!.label);
    await page.getByRole('option', { name: first!.label, exact: true }).click();
    const id = Number(first!.value);
    await expect
      .poll(() => written(page).then(JSON.parse))
      .toEqual({ output_properties: ['$name'], filter_by_cohort: { id } });
    expect(await axeViolations(page)).toEqual([]);
    await run(page);
    const members = (await tableOf(page)).rows;
    expect(members).toBeGreaterThan(0);

    await cohort(page).click();
    await page.getByRole('option', { name: second!.label, exact: true }).click();
    await expect
      .poll(() => written(page).then(JSON.parse))
      .toMatchObject({ filter_by_cohort: { id: Number(second!.value) } });

    await page.getByRole('button', { name: 'Clear Filter by cohort' }).press('Enter');
    await expect.poll(() => written(page).then(JSON.parse)).toEqual({ output_properties: ['$name'] });
  });

  test('that was typed shows, and waits while the JSON is not right', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await chooseCommand(page, 'Query Profiles');
    await field(page, 'formData').fill('{"filter_by_cohort": {"id": 4711}}');
    await expect.poll(() => cohort(page).inputValue()).toBe('4711');
    await field(page, 'formData').fill('{"filter_by_cohort": ');
    await expect.poll(() => cohort(page).isDisabled()).toBe(true);
  });
});

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
    const realPlugin = createPlugin({ hosts: sandbox.hosts });
    const { page } = await openWorkbench(browser, { sandbox, realPlugin });
    const dialog = await addDatasource(page, {
      username: accountOf(sandbox).username,
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
    const local = createPlugin({ hosts: sandbox.hosts });
    const european: MixpanelPlugin = {
      ...local,
      test: async (datasource) =>
        datasource.region === 'EU'
          ? local.test(datasource)
          : { ok: false, region: 'EU', message: 'The credentials work, but in the region EU.' },
    };
    const { page } = await openWorkbench(browser, { sandbox, realPlugin: european });
    const dialog = await addDatasource(page, accountOf(sandbox));
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByRole('button', { name: 'Change the region to EU' }).click();
    await dialog.getByText('It works').waitFor();
    expect(await dialog.locator('[data-field=region] input').first().inputValue()).toContain('(EU)');
    await local.close();
  });

  test('is forgotten when told to', async () => {
    const realPlugin = createPlugin({ hosts: sandbox.hosts });
    const { page } = await openWorkbench(browser, { sandbox, realPlugin });
    const dialog = await addDatasource(page, accountOf(sandbox));
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
});

describe('when the quota is used up', () => {
  test('an older result is served, and says so', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    try {
      const { page } = await openWorkbench(browser, { sandbox });
      await page.getByRole('status', { name: 'Summary' }).waitFor();
      vi.setSystemTime(Date.now() + 30 * 60_000);
      await steer(sandbox, 'quota', { used: 60 });
      await run(page);
      await expect
        .poll(() => page.getByRole('status', { name: 'Summary' }).getAttribute('data-cache'))
        .toBe('STALE');
      expect(await page.locator('.mantine-Alert-root').textContent()).toMatch(/quota|used/i);
      expect(await axeViolations(page)).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a new query is refused with the time of the next slot', async () => {
    const { page, plugin } = await openWorkbench(browser, { sandbox });
    const datasource = accountOf(sandbox);
    const { left } = await plugin.quota({ projectId: datasource.projectId });
    await Promise.all(
      Array.from({ length: left ?? 0 }, (_, index) =>
        plugin.execute({ datasource, command: 'GET_TOP_EVENTS', parameters: { limit: index + 1 } }),
      ),
    );
    await chooseCommand(page, "Get Today's Top Events");
    await run(page);
    await page.locator('[data-error-code=RATE_LIMITED_HOURLY]').waitFor();
    await page.getByText('The next try can succeed at').waitFor();
    await expect.poll(() => page.locator('[data-quota-left]').textContent()).toContain('0 of 60');
    expect(await axeViolations(page)).toEqual([]);
  });
});

describe('cancelling', () => {
  async function lastRequest(): Promise<{ path: string; complete: boolean } | undefined> {
    const response = await fetch(`${sandbox.url}/_sandbox/requests`);
    const { requests } = (await response.json()) as { requests: { path: string; complete: boolean }[] };
    return requests.at(-1);
  }

  test('a run gives the query up, upstream too', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await steer(sandbox, 'faults', { path: '/api/query/events/top', kind: 'latency', ms: 3_600_000 });
    await chooseCommand(page, "Get Today's Top Events");
    const sent = page.waitForRequest(/workbench\/api\/run$/);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await sent;
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The query was given up').waitFor();
    await expect.poll(lastRequest).toMatchObject({ path: '/api/query/events/top', complete: false });
  });

  test('an export keeps the whole records that had arrived', async () => {
    const { page } = await openWorkbench(browser, { sandbox });
    await steer(sandbox, 'faults', { path: '/api/2.0/export', kind: 'drip', bytes: 8_000, everyMs: 2_000 });
    await chooseCommand(page, 'Download Mixpanel Data');
    await page.locator('[aria-label="Clear Event(s) (JSON array)"]').click();
    await page.getByRole('button', { name: 'Save to file' }).click();
    await page.locator('[data-export=streaming] [data-rows]:not([data-rows="0"])').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel the export' }).click();
    await page.locator('[data-export=cancelled]').waitFor();
    const rows = Number(await page.locator('[data-rows]').getAttribute('data-rows'));
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the rows so far' }).click();
    expect(await linesOf(await download)).toHaveLength(rows);
    await expect.poll(lastRequest).toMatchObject({ path: '/api/2.0/export', complete: false });
  });
});

test('an export that broke off goes on where it was, in the same file', async () => {
  const { page, plugin } = await openWorkbench(browser, {
    sandbox,
    pluginOptions: { transfer: { attempts: 1 } },
  });
  await steer(sandbox, 'faults', {
    path: '/api/2.0/export',
    kind: 'terminated-early',
    afterLines: 40,
    times: 9,
  });
  await chooseCommand(page, 'Download Mixpanel Data');
  await page.getByRole('button', { name: 'Save to file' }).click();
  await page.locator('[data-export=failed]').waitFor();
  await page.getByText('The export is not complete').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await steer(sandbox, 'faults');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.locator('[data-export=done]').waitFor();
  expect(await linesOf(await download)).toEqual(await exportedRows(page, plugin));
});

test('a result stays where it is when no file is chosen to export to', async () => {
  const { page } = await openWorkbench(browser, {
    sandbox,
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
  await page.getByRole('button', { name: 'Save to file' }).click();
  await expect.poll(() => page.evaluate('globalThis.filesAskedFor')).toBe(1);
  expect(await page.getByRole('status', { name: 'Summary' }).textContent()).toContain('120 rows');
  expect(await page.locator('[data-export]').count()).toBe(0);
});

test('an export arrives in its file whole', async () => {
  const { page, plugin } = await openWorkbench(browser, { sandbox });
  await chooseCommand(page, 'Download Mixpanel Data');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save to file' }).click();
  await page.locator('[data-export=done]').waitFor();
  expect(await linesOf(await download)).toEqual(await exportedRows(page, plugin));
});

test('a long list of activity arrives in a file as it does in a result', async () => {
  const { page, plugin } = await openWorkbench(browser, { sandbox });
  await chooseCommand(page, 'Get Profile Event Activity');
  await fill(page, 'distinctIds', '["user1","user2","user3"]');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save to file' }).click();
  await page.locator('[data-export=done]').waitFor();
  const { body } = await executeOrThrow(plugin, {
    datasource: accountOf(sandbox),
    command: 'GET_PROFILE_EVENT_ACTIVITY',
    parameters: {
      distinctIds: ['user1', 'user2', 'user3'],
      fromDate: await field(page, 'fromDate').inputValue(),
      toDate: await field(page, 'toDate').inputValue(),
    },
  });
  const rows = await linesOf(await download);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows).toEqual(body);
});

async function linesOf(download: Download): Promise<unknown[]> {
  const text = await readFile(await download.path(), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The rows of the page's export, fetched without the page. */
async function exportedRows(page: Page, plugin: MixpanelPlugin): Promise<unknown> {
  const { body } = await executeOrThrow(plugin, {
    datasource: accountOf(sandbox),
    command: 'DOWNLOAD_DATA',
    parameters: {
      events: ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'],
      fromDate: await field(page, 'fromDate').inputValue(),
      toDate: await field(page, 'toDate').inputValue(),
    },
  });
  return body;
}

test('everything is done with the keyboard alone', async () => {
  const { page } = await openWorkbench(browser, { sandbox });
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

describe('axe-core finds nothing', () => {
  const SIZES = [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ];
  const LOOKS = SIZES.flatMap((viewport) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ viewport, colorScheme, width: viewport.width })),
  );

  test.each(LOOKS)('on any view of a result ($colorScheme, $width px)', async ({ viewport, colorScheme }) => {
    const { page } = await openWorkbench(browser, { sandbox, viewport, colorScheme });
    for (const name of ['Chart', 'Table', 'JSON', 'Raw', 'Use it']) {
      await page.getByRole('tab', { name }).click();
      expect(await axeViolations(page), name).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test.each(LOOKS)('on any form ($colorScheme, $width px)', async ({ viewport, colorScheme }) => {
    const { page, plugin } = await openWorkbench(browser, { sandbox, viewport, colorScheme });
    if (viewport.width < 800) await page.getByText('Query', { exact: true }).click();
    for (const { label } of plugin.commands) {
      await chooseCommand(page, label);
      await page.locator('.mantine-Skeleton-root').waitFor({ state: 'detached' });
      expect(await axeViolations(page), label).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test.each(LOOKS)('on menus, dialogs and mistakes ($colorScheme, $width px)', async (look) => {
    const { page } = await openWorkbench(browser, { sandbox, ...look });
    await page.getByRole('button', { name: /^Query quota/ }).click();
    await page.getByText('Query quota of this project').waitFor();
    expect(await axeViolations(page), 'quota').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Datasource:/ }).click();
    await page.getByRole('menuitem', { name: 'Add a datasource' }).waitFor();
    expect(await axeViolations(page), 'menu').toEqual([]);
    await page.getByRole('menuitem', { name: 'Add a datasource' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await axeViolations(page), 'dialog').toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    if (look.width < 800) await page.getByText('Query', { exact: true }).click();
    await fill(page, 'toDate', '2020-01-01');
    await run(page);
    await page.locator('[data-field=fromDate] [role=alert]').waitFor();
    expect(await axeViolations(page), 'mistakes').toEqual([]);
  });
});

async function executeOrThrow(plugin: MixpanelPlugin, request: QueryRequest): Promise<QuerySuccess> {
  return success(await plugin.execute(request));
}
