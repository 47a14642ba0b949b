import { describe, expect, test } from 'vitest';
import { commands } from '../../../src/commands/index.js';
import { buildManifest } from '../../../src/hosts/appsmith/manifest/index.js';
import { canWriteMember, readMember, writeMember } from '../../../src/workbench/page/controls/json-member.js';
import { evaluate } from '../../../src/workbench/page/form-model/conditionals.js';
import {
  editorControls,
  initialValues,
  toParameters,
  visibleSections,
  withQuery,
} from '../../../src/workbench/page/form-model/form-values.js';
import { toChartModel } from '../../../src/workbench/page/result-model/chart-model.js';
import { createBindings } from '../../../src/workbench/page/use-it/bindings.js';

describe('a condition of the manifest', () => {
  const scope = { actionConfiguration: { formData: { command: 'A', list: ['x'], flag: true } } };

  test.each([
    ["{{actionConfiguration.formData.command === 'A'}}", true],
    ["{{actionConfiguration.formData.command !== 'A'}}", false],
    ["{{['A','B'].includes(actionConfiguration.formData.command)}}", true],
    ['{{actionConfiguration.formData.flag && !actionConfiguration.formData.none}}', true],
    ["{{actionConfiguration.formData['command'] === 'B' || actionConfiguration.formData.flag}}", true],
    ["{{actionConfiguration.formData.flag ? 'yes' : 'no'}}", 'yes'],
    ['{{actionConfiguration.formData.missing}}', undefined],
  ])('%s', (expression, value) => {
    expect(evaluate(expression, scope)).toBe(value);
  });

  test.each([
    ['{{window.location}}', 'window is not known'],
    ["{{actionConfiguration.formData.command.constructor('return 1')()}}", 'only includes'],
    ["{{actionConfiguration.formData.command == 'A'}}", 'write === or !=='],
    ['{{actionConfiguration.}}', 'does not parse'],
    ['actionConfiguration', 'double braces'],
    ['{{actionConfiguration.nothing.command}}', 'no members'],
  ])('%s is a mistake', (expression, words) => {
    expect(() => evaluate(expression, scope)).toThrow(words);
  });

  test('reads nothing that an object only inherits', () => {
    expect(evaluate('{{actionConfiguration.toString}}', scope)).toBeUndefined();
  });
});

describe('the forms of the manifest', () => {
  const manifest = buildManifest(commands);
  const empty = initialValues(editorControls(manifest));

  test.each(commands.map((command) => ({ id: command.id, command })))(
    '$id sends its own fields',
    ({ command }) => {
      const values = withQuery(manifest, empty, { command: command.id, parameters: {} });
      const { sections, mistakes } = visibleSections(manifest, values);
      expect(mistakes).toEqual([]);
      expect(Object.keys(toParameters(sections, values))).toEqual(Object.keys(command.fields));
    },
  );

  // Appsmith saves a dropdown at a path that ends in `.data`; queries are kept and sent by the keys of their fields.
  test('a query is written where its form keeps it, plain or as Appsmith saves it, and read back by its keys', () => {
    for (const unit of ['week', { data: 'week', viewType: 'json' }]) {
      const query = {
        command: 'GET_AGGREGATE_EVENT_COUNTS',
        parameters: { unit, response: 'wide', events: '["A"]' },
      };
      const values = withQuery(manifest, empty, query);
      expect(values['actionConfiguration.formData.unit.data']).toBe('week');
      expect(toParameters(visibleSections(manifest, values).sections, values)).toMatchObject({
        unit: 'week',
        response: 'wide',
        events: '["A"]',
      });
    }
  });

  test('a command that no section shows is a mistake', () => {
    const { mistakes } = visibleSections(
      manifest,
      withQuery(manifest, empty, { command: 'GET_NOTHING', parameters: {} }),
    );
    expect(mistakes).toEqual(['No form is shown for the command "GET_NOTHING".']);
  });
});

describe('what is chosen beside a text of JSON', () => {
  const PATH = ['filter', 'id'];

  test.each([
    ['nothing', '', { filter: { id: 7 } }],
    ['an empty object', '{}', { filter: { id: 7 } }],
    ['other members', '{"a": 1}', { a: 1, filter: { id: 7 } }],
    ['another choice', '{"filter": {"id": 1}, "a": 1}', { filter: { id: 7 }, a: 1 }],
    ['the bare value people write', '{"filter": 1}', { filter: { id: 7 } }],
  ])('is written where there is %s', (_, text, written) => {
    const changed = writeMember(text, PATH, '7');
    expect(JSON.parse(changed)).toEqual(written);
    expect(readMember(changed, PATH)).toBe('7');
  });

  test('leaves the rest as it was typed, digits no number can hold included', () => {
    const text = '{ "filter": {"id": 1},\n\n  "big": 12345678901234567890 }';
    expect(writeMember(text, PATH, '7')).toContain('\n\n  "big": 12345678901234567890 }');
  });

  test('is written as text where it is no number that JavaScript keeps', () => {
    expect(JSON.parse(writeMember('', PATH, '12345678901234567890'))).toEqual({
      filter: { id: '12345678901234567890' },
    });
  });

  test.each([
    ['{"filter": {"id": 1}, "a": 1}', '{\n  "a": 1\n}'],
    ['{"filter": {"id": 1}}', ''],
    ['', ''],
  ])('is taken out of %s again', (text, left) => {
    expect(writeMember(text, PATH, undefined)).toBe(left);
  });

  test.each([['[]'], ['{"a": '], ['7'], ['{{Input1.text}}']])('is not written into %s', (text) => {
    expect(canWriteMember(text)).toBe(false);
    expect(readMember(text, PATH)).toBe('');
  });
});

describe('rows are drawn by their shape', () => {
  test('counts by date and name as a line for each name', () => {
    expect(
      toChartModel([
        { date: '2026-01-02', event: 'A', count: 2 },
        { date: '2026-01-01', event: 'A', count: 1 },
        { date: '2026-01-01', event: 'B', count: 5 },
      ]),
    ).toMatchObject({
      kind: 'line',
      categories: ['2026-01-01', '2026-01-02'],
      series: [
        { name: 'A', data: [1, 2], total: 3 },
        { name: 'B', data: [5, null], total: 5 },
      ],
    });
  });

  test('counts in a column for each name as a line for each, whatever the name ends in', () => {
    expect(
      toChartModel([
        { date: '2026-01-01', Paid: 2, Signup: 1 },
        { date: '2026-01-02', Paid: 0, Signup: 3 },
      ]),
    ).toMatchObject({
      kind: 'line',
      series: [
        { name: 'Paid', data: [2, 0] },
        { name: 'Signup', data: [1, 3] },
      ],
    });
  });

  test('without the rows that sum up others, which is said', () => {
    const rows = [
      { metric: 'M', os: '$overall', value: 3, total: true },
      { metric: 'M', os: 'iOS', value: 1, total: false },
      { metric: 'M', os: 'Android', value: 2, total: false },
    ];
    expect(toChartModel(rows)).toMatchObject({
      series: [{ total: 3 }],
      note: 'Rows that sum up others are left out.',
      partial: true,
    });
  });

  test('numbers by name as bars, in the order of the rows', () => {
    const rows = [
      { event: 'A', amount: 9, percentChange: 0.1 },
      { event: 'B', amount: 4, percentChange: null },
    ];
    expect(toChartModel(rows)).toMatchObject({
      kind: 'bar',
      measure: 'amount',
      categories: ['A', 'B'],
      series: [{ data: [9, 4] }],
    });
  });

  test('raw events as their number a day', () => {
    const event = (time: string, name: string) => ({ event: name, time, distinct_id: 'u' });
    expect(
      toChartModel([
        event('2026-01-01T08:00:00.000Z', 'A'),
        event('2026-01-01T09:00:00.000Z', 'A'),
        event('2026-01-02T09:00:00.000Z', 'A'),
      ]),
    ).toMatchObject({ kind: 'line', categories: ['2026-01-01', '2026-01-02'], series: [{ data: [2, 1] }] });
  });

  test('of many series the largest eight, and says so', () => {
    const rows = Array.from({ length: 12 }, (_, index) =>
      ['2026-01-01', '2026-01-02'].map((date) => ({ date, value: `v${index}`, count: index })),
    ).flat();
    const chart = toChartModel(rows);
    expect(chart?.series.map(({ name }) => name)).toEqual(['v11', 'v10', 'v9', 'v8', 'v7', 'v6', 'v5', 'v4']);
    expect(chart?.note).toBe('The 8 largest of 12 series.');
  });

  test('as bars of a few only where there are more, so that the table comes first', () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({ user: `u${index}`, orders: index }));
    expect(toChartModel(rows)).toMatchObject({
      kind: 'bar',
      note: 'The first 30 of 40 rows.',
      partial: true,
    });
    expect(toChartModel(rows.slice(0, 30))).not.toHaveProperty('partial');
  });

  test.each([
    ['ranks', [{ event: 'A', rank: 1 }]],
    ['ids', [{ name: 'A', id: 7, organizationId: 3 }]],
    ['no rows', []],
    ['names alone', [{ name: 'A' }]],
  ])('%s not at all', (_, rows) => {
    expect(toChartModel(rows)).toBeUndefined();
  });
});

test('a binding names a column as JavaScript can', () => {
  const rows = [{ 'plan type': 'Premium', count: 3 }];
  expect(createBindings('Plans', rows, toChartModel(rows)).map(({ text }) => text)).toEqual([
    '{{Plans.data}}',
    '{{Plans.data.map((row) => ({ label: row["plan type"], value: row["plan type"] }))}}',
    '{{Plans.data.map((row) => ({ x: row["plan type"], y: row.count }))}}',
  ]);
});
