import { describe, expect, test } from 'vitest';
import { formFields } from '../../src/command/field.js';
import { buildRequest, buildRows, commandById, NOW, problemsIn, readParameters } from './command-fixture.js';

const doubtsOf = (id: string, parameters: Record<string, unknown>) => [
  ...(commandById(id).doubts?.(readParameters(id, parameters)) ?? []),
];
const messagesOf = (id: string, parameters: Record<string, unknown>, body: unknown) => {
  const command = commandById(id);
  const context = { region: 'US' as const, now: NOW };
  return [...(command.messages?.(command.answer.parse(body), readParameters(id, parameters), context) ?? [])];
};

describe('an event', () => {
  const sent = (event: unknown) => buildRequest('GET_TOP_EVENT_PROPERTIES', { event }).query?.event;
  const problems = (event: unknown) => problemsIn('GET_TOP_EVENT_PROPERTIES', { event });

  test.each([
    ['["Signup"]', /^event must be the event name alone, without brackets and quotes: Signup\.$/],
    ['"Signup"', /^event must be the event name alone, without quotes: Signup\.$/],
    ['["Signup", "Purchase"]', /^event takes one event name.*Signup.*Get Aggregate Event Counts/],
    [['Signup'], /^event must be one value, not a list: Signup\.$/],
  ])('is refused as a list or in quotes, with what would be right: %j', (event, message) => {
    expect(problems(event)).toEqual([expect.stringMatching(message)]);
  });

  test.each(['Signup', '[beta] Signup', 'say "hi"', '"quoted" start', '[1] step'])(
    'is sent as it is written: %s',
    (event) => {
      expect(sent(event)).toBe(event);
    },
  );

  test('named null is requested in quotes, and the error for an empty binding says so', () => {
    expect(sent('"null"')).toBe('null');
    expect(problems('null')).toEqual([expect.stringMatching(/It is null.*write it in quotes: "null"/)]);
  });
});

test.each([
  ['67890', '67890'],
  ['report-67890', '67890'],
  ['#report/67890/signups', '67890'],
  ['https://mixpanel.com/project/1/view/2/app/boards#id=3&editor-card-id=%22report-67890%22', '67890'],
  ['https://eu.mixpanel.com/project/1/view/2/app/insights#report/67890', '67890'],
])('the bookmark is found in %s', (bookmarkId, sent) => {
  expect(buildRequest('QUERY_INSIGHTS_REPORT', { bookmarkId }).query?.bookmark_id).toBe(sent);
});

test('an address without a report is refused', () => {
  const bookmarkId = 'https://mixpanel.com/project/1/view/2/app/boards#id=3';
  expect(problemsIn('QUERY_INSIGHTS_REPORT', { bookmarkId })).toEqual([
    expect.stringMatching(/^bookmarkId must be a number, such as 67890, or the address/),
  ]);
});

describe('Custom Action', () => {
  const endpoint = 'DELETE https://mixpanel.com/api/app/projects/1/annotations/5';

  test('sends the method in front of the endpoint, says so, and caches nothing of it', () => {
    expect(buildRequest('CUSTOM_ACTION', { endpoint }).method).toBe('DELETE');
    expect(doubtsOf('CUSTOM_ACTION', { endpoint })).toEqual([expect.stringMatching(/^DELETE was sent/)]);
    const { effect } = commandById('CUSTOM_ACTION');
    expect(typeof effect === 'function' && effect(readParameters('CUSTOM_ACTION', { endpoint }))).toBe(
      'write',
    );
  });

  test('refuses two methods that contradict each other', () => {
    expect(problemsIn('CUSTOM_ACTION', { endpoint, method: 'POST' })).toEqual([
      'method is POST, but the endpoint begins with DELETE. Use the same method in both.',
    ]);
    expect(problemsIn('CUSTOM_ACTION', { endpoint, method: 'DELETE' })).toEqual([]);
  });

  test('gives the items of results as rows, and lists the other members in a message', () => {
    const body = { status: 'ok', session_id: 's-1', page: 0, results: [{ id: 1 }, { id: 2 }] };
    const parameters = { endpoint: '/api/2.0/engage' };
    expect(buildRows('CUSTOM_ACTION', parameters, body)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(messagesOf('CUSTOM_ACTION', parameters, body)).toEqual([
      'Besides the rows, the answer contains session_id: s-1, page: 0.',
    ]);
    expect(buildRows('CUSTOM_ACTION', parameters, { status: 'ok', results: ['a'] })).toEqual({
      status: 'ok',
      results: ['a'],
    });
  });

  test('gives a row for each record that /import refused, a bare sentence too', () => {
    const body = {
      failed_records: ['identity is not valid', { index: 3, field: 'event', message: 'missing' }],
    };
    expect(buildRows('CUSTOM_ACTION', { endpoint: '/import', method: 'POST' }, body)).toEqual([
      { index: null, field: null, reason: 'identity is not valid' },
      { index: 3, field: 'event', reason: 'missing' },
    ]);
  });
});

test.each([
  [
    '{"sort_key":"properties[\\"$last_seen\\"]","sort_order":"descending","page_size":500,"search":"ada","limit":10}',
    [],
  ],
  ['{"include_all_users":true}', [/^include_all_users has no effect/]],
  ['{"where":"lower(properties[\\"plan\\"]) = \\"pro\\""}', [/sent as written.*lower\(\), a single "="/]],
])('Query Profiles sends %s', (formData, doubts) => {
  expect(problemsIn('QUERY_PROFILES', { formData })).toEqual([]);
  expect(buildRequest('QUERY_PROFILES', { formData }).form).toMatchObject(
    Object.fromEntries(Object.entries(JSON.parse(formData) as object).map(([name, value]) => [name, value])),
  );
  expect(doubtsOf('QUERY_PROFILES', { formData })).toEqual(doubts.map((each) => expect.stringMatching(each)));
});

test('a list of property values as long as its limit may be cut, and says so', () => {
  const parameters = {
    event: 'a',
    propertyName: 'p',
    type: 'general',
    unit: 'day',
    fromDate: '2025-10-01',
    toDate: '2025-10-01',
    limit: 2,
  };
  const values = (names: string[]) => ({
    data: {
      series: ['2025-10-01'],
      values: Object.fromEntries(names.map((name) => [name, { '2025-10-01': 1 }])),
    },
  });
  const id = 'GET_AGGREGATED_EVENT_PROPERTY_VALUES';
  expect(messagesOf(id, parameters, values(['x']))).toEqual([]);
  expect(messagesOf(id, parameters, values(['x', 'y']))).toEqual([
    expect.stringMatching(/may be truncated.*2 values/),
  ]);
  expect(buildRequest(id, { ...parameters, limit: '' }).query?.limit).toBe(5000);
});

test('a table of too many dates and values has no rows of zeros, and says so', () => {
  const minutes = Array.from({ length: 1440 }, (_, minute) => `2025-10-01 ${minute}`);
  const names = Array.from({ length: 1000 }, (_, index) => `value ${index}`);
  const body = {
    data: { series: minutes, values: Object.fromEntries(names.map((name) => [name, { [minutes[0]!]: 1 }])) },
  };
  const parameters = {
    event: 'a',
    propertyName: 'p',
    type: 'general',
    unit: 'minute',
    fromDate: '2025-10-01',
    toDate: '2025-10-01',
  };
  const id = 'GET_AGGREGATED_EVENT_PROPERTY_VALUES';
  expect(buildRows(id, parameters, body)).toHaveLength(1000);
  expect(messagesOf(id, parameters, body)).toContainEqual(
    expect.stringMatching(/^Dates without a count are omitted/),
  );
});

test('the days of the Query API are those of the project, and of exports it depends on the project', () => {
  for (const id of [
    'GET_AGGREGATE_EVENT_COUNTS',
    'GET_AGGREGATED_EVENT_PROPERTY_VALUES',
    'GET_PROFILE_EVENT_ACTIVITY',
  ]) {
    for (const help of helpOfDates(id)) expect(help).toMatch(/in the time zone of the project/);
  }
  for (const help of helpOfDates('DOWNLOAD_DATA')) {
    expect(help).toMatch(/UTC.*before 2023.*project's time zone/);
  }
});

function helpOfDates(id: string): string[] {
  return formFields(commandById(id))
    .filter(({ kind }) => kind === 'date')
    .map(({ help }) => help);
}
