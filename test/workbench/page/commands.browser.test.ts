import { describe, expect, test } from 'vitest';
import { chooseCommand, fill, run, setUpWorkbench, tableOf } from './workbench-page.js';

const workbench = setUpWorkbench();

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
    columns: ['id', 'name'],
  },
];

describe('every command', () => {
  test.each(COMMANDS)('$label runs to a table', async ({ label, values = {}, columns }) => {
    const { page } = await workbench.open();
    await chooseCommand(page, label);
    for (const [key, value] of Object.entries(values)) await fill(page, key, value);
    await run(page);
    const table = await tableOf(page);
    expect(table.columns.slice(0, columns.length)).toEqual(columns);
    expect(table.rows).toBeGreaterThan(0);
  });

  test('the selector offers all fourteen, and shows one form for each', async () => {
    const { page, plugin } = await workbench.open();
    await page.locator('section[aria-label="Command"] input').first().click();
    await expect.poll(() => page.getByRole('option').count()).toBe(plugin.commands.length);
    await page.keyboard.press('Escape');
    for (const { label, fields } of plugin.commands) {
      await chooseCommand(page, label);
      const shown = page.locator(`section[aria-label="${label.replaceAll('"', '\\"')}"] [data-field]`);
      await expect
        .poll(() => shown.evaluateAll((all) => all.map((each) => each.getAttribute('data-field')).sort()))
        .toEqual(Object.keys(fields).sort());
    }
  });
});
