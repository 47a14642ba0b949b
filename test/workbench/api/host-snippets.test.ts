import { expect, test } from 'vitest';
import { commands } from '../../../src/commands/index.js';
import type { MixpanelPlugin } from '../../../src/plugin.js';
import { describeFields, toCommandLine, toHostSnippets } from '../../../src/workbench/api/host-snippets.js';

const command = commands.find(({ id }) => id === 'GET_AGGREGATE_EVENT_COUNTS')!;
const parameters = {
  projectId: '1234567',
  workspaceId: '',
  events: '["Signup", "It\'s"]',
  type: 'unique',
  unit: 'day',
  fromDate: '-7d',
  toDate: 'today',
  format: 'json',
};
const connection = (more: object) => ({
  id: 'c',
  kind: 'account' as const,
  plugin: {} as MixpanelPlugin,
  datasource: { username: 'u', password: 'secret', ...more },
});

test('what to type into a form is every value that is not the default, dropdowns by their words', () => {
  expect(describeFields(command, parameters)).toEqual([
    { label: 'Command', value: 'Get Aggregate Event Counts' },
    { label: 'Project ID', value: '1234567' },
    { label: 'Event(s) (JSON array)', value: '["Signup", "It\'s"]' },
    { label: 'Type', value: 'Unique users (unique)' },
    { label: 'From Date', value: '-7d' },
    { label: 'To Date', value: 'today' },
  ]);
});

test('the command line is quoted for a shell, names the region, and has no password', () => {
  const line = toCommandLine(connection({ region: 'EU' }), command, parameters);
  expect(line).toBe(
    [
      'MIXPANEL_REGION=EU npx mixpanel-datasource run GET_AGGREGATE_EVENT_COUNTS',
      "-p 'projectId=1234567'",
      `-p 'events=["Signup", "It'\\''s"]'`,
      "-p 'type=unique'",
      "-p 'fromDate=-7d'",
      "-p 'toDate=today'",
    ].join(' \\\n  '),
  );
});

test('the default project of the datasource is passed on when the form has none', () => {
  const line = toCommandLine(connection({ projectId: '42' }), command, { ...parameters, projectId: '' });
  expect(line).toContain('MIXPANEL_PROJECT_ID=42 npx');
});

test('n8n gets a node whose fields are where its form has them', () => {
  const [n8n] = toHostSnippets(command, { ...parameters, cacheSeconds: '60' });
  expect(JSON.parse(n8n!.text)).toMatchObject({
    nodes: [
      {
        type: 'n8n-nodes-mixpanel-datasource.mixpanel',
        parameters: {
          operation: 'GET_AGGREGATE_EVENT_COUNTS',
          projectId: { __rl: true, mode: 'value', value: '1234567' },
          events: ['Signup', "It's"],
          type: 'unique',
          options: { cacheSeconds: 60 },
        },
      },
    ],
  });
});

test('Budibase shows dropdowns by their values, ToolJet by their words', () => {
  const texts = Object.fromEntries(toHostSnippets(command, parameters).map(({ host, text }) => [host, text]));
  expect(texts.Budibase).toContain('Type: unique');
  expect(texts.ToolJet).toContain('Type: Unique users (unique)');
});
