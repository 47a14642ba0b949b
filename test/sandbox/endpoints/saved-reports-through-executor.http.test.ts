import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../../src/plugin.js';
import { createShopObjects } from '../../../src/sandbox/data/dataset/saved-objects.js';
import { NOW, SHOP, startSandboxClient } from '../sandbox-client.js';

let client: Awaited<ReturnType<typeof startSandboxClient>>;
let plugin: MixpanelPlugin;
beforeAll(async () => {
  client = await startSandboxClient();
  plugin = createPlugin({ hosts: client.sandbox.hosts });
});
afterAll(async () => {
  await plugin.close();
  await client.close();
});

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  line: ['metric', 'date', 'value'],
  bar: ['metric', 'value'],
  table: ['metric', 'value'],
  metric: ['metric', 'value'],
  funnels: ['funnel', 'step', 'event', 'count', 'stepConversion', 'overallConversion', 'avgTime'],
  retention: ['metric', 'date', 'period', 'first', 'count', 'rate'],
};

test.each(createShopObjects(0).reports.map((report) => [report.name, report] as const))(
  'Query Insights Report gives rows for: %s',
  async (_, report) => {
    const [account] = client.sandbox.accounts;
    const result = await plugin.execute({
      datasource: { username: account!.username, password: account!.password, projectId: SHOP },
      command: 'QUERY_INSIGHTS_REPORT',
      parameters: { bookmarkId: String(report.id) },
    });
    const rows = (result as { body: Record<string, unknown>[] }).body;
    expect(rows.length).toBeGreaterThan(0);
    const chart = report.type === 'insights' ? report.chart : report.type;
    for (const row of rows) {
      for (const column of COLUMNS[chart]!) expect(row).toHaveProperty(column);
      expect(Object.values(row)).not.toContain('all');
      if (report.type === 'insights' && chart !== 'line') expect(row).not.toHaveProperty('date');
      if (report.type === 'insights' && report.comparison) expect(row).toHaveProperty('previous');
      if (report.type === 'insights' && report.comparison === 'lift') expect(row).toHaveProperty('lift');
    }
    const days = rows.map(({ date }) => date).filter((date) => date !== null && date !== undefined);
    for (const day of days) expect(Date.parse(String(day))).toBeLessThanOrEqual(NOW);
  },
);
