import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { buildRows, readParameters } from '../../commands/command-fixture.js';

const guide = await readFile('docs/appsmith.md', 'utf8');
const readme = await readFile('README.md', 'utf8');
const bindings = [...guide.matchAll(/\{\{(.+?)\}\}(?=[`" ])/g)].map(([, code]) => code!.trim());
const dashboard = guide.slice(guide.indexOf('## A dashboard in ten minutes'), guide.indexOf('\n## Widgets'));

/** Returns the value of a binding, as Appsmith evaluates it: JavaScript over the widgets and queries of the page. */
function evaluate(code: string, page: Record<string, unknown>): unknown {
  return new Function(...Object.keys(page), `return (${code});`)(...Object.values(page));
}

describe('the guide for Appsmith', () => {
  test('has bindings, each of them JavaScript', () => {
    expect(bindings.length).toBeGreaterThan(15);
    for (const code of bindings) expect(() => new Function(`return (${code});`), code).not.toThrow();
  });

  // Appsmith CE, ActionExecutionResult.java: `headers` is JSON as it came, and we send lists as HTTP clients do.
  test('takes the first of the values of a header, which are a list', () => {
    const uses = [...(guide + readme).matchAll(/responseMeta\.headers\['[\w-]+'\](.{3})/g)];
    expect(uses.length).toBeGreaterThan(1);
    for (const [use, next] of uses) expect(next, use).toBe('[0]');
  });

  // Appsmith CE, DatePickerWidget2: `selectedDate` is moment(value).toISOString(), a point in time in UTC.
  test('binds the day of a DatePicker, never its point in time', () => {
    const uses = bindings.filter((code) => code.includes('.selectedDate'));
    expect(uses.length).toBeGreaterThan(1);
    for (const code of uses) expect(code).toMatch(/^moment\(\w+\.selectedDate\)\.format\('YYYY-MM-DD'\)$/);
  });

  test('builds a dashboard whose query is valid, and whose chart has a number for each date', () => {
    const cells = [...dashboard.matchAll(/^\| ([^|]+?) +\| (.+?) +\|$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    const cellOf = (name: string) => String(cells.find(([each]) => each === name)?.[1]);
    const events = /`(\[.+?\])`/.exec(cellOf('Event(s)'))?.[1];
    const parameters = {
      events,
      type: 'general',
      unit: 'week',
      fromDate: '2025-10-01',
      toDate: '2025-11-03',
      response: /^Wide/.test(cellOf('Response')) ? 'wide' : 'rows',
    };
    expect(readParameters('GET_AGGREGATE_EVENT_COUNTS', parameters)).toMatchObject({ response: 'wide' });
    const data = buildRows('GET_AGGREGATE_EVENT_COUNTS', parameters, {
      data: {
        series: ['2025-10-06', '2025-10-13'],
        values: { Signup: { '2025-10-06': 3 }, Purchase: { '2025-10-13': 4 } },
      },
    });
    const page = { Counts: { data, responseMeta: { headers: { 'x-quota-left': ['29'] } } } };
    const series = [1, 2].map((number) => {
      const code = /\{\{(.+)\}\}/.exec(cellOf(`Series ${number}, series data`))?.[1] ?? '';
      return evaluate(code, page);
    });
    expect(series).toEqual([
      [
        { x: '2025-10-06', y: 3 },
        { x: '2025-10-13', y: 0 },
      ],
      [
        { x: '2025-10-06', y: 0 },
        { x: '2025-10-13', y: 4 },
      ],
    ]);
    const quota = /\{\{(Counts\.responseMeta.+?)\}\}/.exec(dashboard)?.[1] ?? '';
    expect(evaluate(quota, page)).toBe('29');
    const units = /`(\[\{"label": "Day".+?\])`/.exec(dashboard)?.[1] ?? '[]';
    for (const { value } of JSON.parse(units))
      expect(readParameters('GET_AGGREGATE_EVENT_COUNTS', { ...parameters, unit: value }).unit).toBe(value);
  });

  test('says what newer versions refuse as an address, and how the password can reach an editor', () => {
    // appsmith#41849, #41985: RestrictedHostFilter.java. SaasPlugin.java: the request is part of a failed result.
    for (const words of [
      '127.0.0.1',
      '169.254',
      'fc00::/7',
      'own address',
      'APPSMITH_DISABLE_SSRF_FILTER=true',
    ])
      expect(guide).toContain(words);
    expect(guide).toMatch(/holds the whole request, \*\*the service account's password included\*\*/);
  });
});
