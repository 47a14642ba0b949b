import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOOKUP_INFO, LOOKUPS } from '../../src/command/lookup.js';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { success } from '../results.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';
import { FAST_UNLIMITED } from '../transfer/stub-server.js';

/** A project whose plan lets queries look 90 days back. */
const SHORT_HISTORY = '3456789';

let fixture: SandboxFixture;
beforeAll(async () => {
  fixture = await startSandboxFixture({}, FAST_UNLIMITED);
});
afterAll(() => fixture.close());

/** What a form holds when the lookup of a property's values is made. */
const FORM = { event: 'Signup', propertyName: 'plan' };

async function withNewPlugin<T>(use: (plugin: MixpanelPlugin) => Promise<T>): Promise<T> {
  const plugin = createPlugin({ hosts: fixture.sandbox.hosts });
  try {
    return await use(plugin);
  } finally {
    await plugin.close();
  }
}

describe('what a lookup costs', () => {
  test.each(LOOKUPS)('is known before it is made, and nothing the second time: %s', async (lookup) => {
    await withNewPlugin(async (plugin) => {
      const request = { datasource: fixture.datasource, lookup, parameters: FORM };
      const first = await plugin.options(request);
      const second = await plugin.options(request);
      expect([first.cost, second.cost]).toEqual([LOOKUP_INFO[lookup].queries, 0]);
      expect(first.options.length).toBeGreaterThan(0);
      expect(second.options).toEqual(first.options);
    });
  });
});

describe('the events', () => {
  test('include one that was seen before the last 31 days', async () => {
    const [project] = fixture.sandbox.projects;
    const answer = await fetch(`${fixture.sandbox.url}/import?strict=1&project_id=${project?.id}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${fixture.datasource.username}:${fixture.datasource.password}`)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify([
        {
          event: 'Old And Rare',
          properties: { time: Date.now() - 200 * 86_400_000, distinct_id: 'a', $insert_id: 'old-and-rare' },
        },
      ]),
    });
    expect(answer.status).toBe(200);
    const { options } = await withNewPlugin((plugin) =>
      plugin.options({ datasource: fixture.datasource, lookup: 'events' }),
    );
    expect(options).toContainEqual({ label: 'Old And Rare', value: 'Old And Rare' });
  });

  test('of a project with a short history are those of the days it has', async () => {
    await fixture.reset();
    const datasource = { ...fixture.datasource, projectId: SHORT_HISTORY };
    const { options } = await withNewPlugin((plugin) => plugin.options({ datasource, lookup: 'events' }));
    expect(options.length).toBeGreaterThan(0);
    const asked = await fixture.requestsTo('/api/query/events/names');
    expect(asked.map(({ status }) => status)).toEqual([403, 200]);
  });
});

describe('the saved reports', () => {
  test('are found by words of their name, type and board, and the id found gives the report', async () => {
    const { options, cost } = await fixture.plugin.options({
      datasource: fixture.datasource,
      command: 'QUERY_INSIGHTS_REPORT',
      field: 'bookmarkId',
      search: 'insights PURCHASES day glance',
    });
    expect([options, cost]).toEqual([
      [{ label: 'Signups and purchases by day (Insights, on Shop at a glance, 67890)', value: '67890' }],
      0,
    ]);
    const { meta } = success(
      await fixture.plugin.execute({
        datasource: fixture.datasource,
        command: 'QUERY_INSIGHTS_REPORT',
        parameters: { bookmarkId: options[0]?.value },
      }),
    );
    expect(meta.computedAt).toMatch(/^\d{4}-\d{2}-\d{2}T/);
    expect(meta.dates).toEqual({
      from: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      to: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
    });
  });
});

describe('for a filter of profiles', () => {
  test('the values of a property are those that profiles have, the most common first', async () => {
    const { options: properties } = await fixture.plugin.options({
      datasource: fixture.datasource,
      lookup: 'profileProperties',
    });
    expect(properties.map(({ value }) => value)).toContain('$email');
    const { options } = await fixture.plugin.options({
      datasource: fixture.datasource,
      lookup: 'profilePropertyValues',
      parameters: { propertyName: 'plan' },
    });
    const profiles = success(
      await fixture.plugin.execute({
        datasource: fixture.datasource,
        command: 'QUERY_PROFILES',
        parameters: { formData: `{"where": "properties[\\"plan\\"] == \\"${options[0]?.value}\\""}` },
      }),
    );
    expect((profiles.body as { plan: string }[]).every(({ plan }) => plan === options[0]?.value)).toBe(true);
    expect(profiles.meta.rows).toBeGreaterThan(0);
  });
});
