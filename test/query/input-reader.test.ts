import { describe, expect, it, test } from 'vitest';
import { PluginError } from '../../src/errors.js';
import { readInput } from '../../src/query/input-reader.js';
import { DAY_SECONDS } from '../../src/time/durations.js';
import { commandById, NOW, problemsIn, readParameters } from '../commands/command-fixture.js';

const RANGE = { fromDate: '2025-10-01', toDate: '2025-11-03' };
const COUNTS = { events: '["Signup"]', ...RANGE };

// Appsmith CE, DatePickerWidget2: `selectedDate` is moment(value).toISOString(), so midnight in Berlin is the evening
// before in UTC; `formattedDate` is the day as it was picked.
describe('a date that is a point in time', () => {
  const assumptions = (fromDate: unknown) => {
    const command = commandById('GET_PROFILE_EVENT_ACTIVITY');
    const parameters = { distinctIds: '["a"]', fromDate, toDate: '2026-12-01' };
    try {
      return readInput(command, parameters, { region: 'US', projectId: '1', now: Date.UTC(2027, 0) })
        .assumptions;
    } catch (error) {
      expect(error).toBeInstanceOf(PluginError);
      return [];
    }
  };

  it.each([
    ['2026-11-09T23:00:00.000Z', '2026-11-09'],
    ['2026-11-10T04:30:00Z', '2026-11-10'],
    ['2026-11-10T04:30:00+00:00', '2026-11-10'],
    [{ data: ' 2026-11-09T23:00:00.000Z ', viewType: 'json' }, '2026-11-09'],
    [new Date(Date.UTC(2026, 10, 9, 23)), '2026-11-09'],
  ])('%j is taken for its day in UTC, which is said with the binding that is right', (fromDate, day) => {
    const [said, ...more] = assumptions(fromDate);
    expect(more).toEqual([]);
    expect(said).toMatch(/^From Date: 2026-/);
    expect(said).toContain(`its day there, ${day}, was used`);
    expect(said).toContain("{{moment(DatePicker1.selectedDate).format('YYYY-MM-DD')}}");
    expect(
      readParameters(
        'GET_PROFILE_EVENT_ACTIVITY',
        { distinctIds: '["a"]', toDate: fromDate, fromDate },
        { now: Date.UTC(2027, 0) },
      ).fromDate,
    ).toBe(day);
  });

  it.each([
    '2026-11-10',
    '2026-11-10 00:00',
    '2026-11-10 17:30',
    '2026-11-10T00:00:00.000Z',
    '2026-11-10T00:00:00+01:00',
    '',
    'soon',
    undefined,
    7,
  ])('%j needs no remark', (fromDate) => {
    expect(assumptions(fromDate)).toEqual([]);
  });
});

describe('values are read in every form a host sends them', () => {
  it.each([
    ['a JSON array as text', '["Signup","Purchase"]'],
    ['a real array', ['Signup', 'Purchase']],
    ['a comma list', 'Signup, Purchase'],
    [
      'an Appsmith value object',
      { data: '["Signup", "Purchase"]', viewType: 'component', componentData: 'old' },
    ],
  ])('events as %s', (_, events) => {
    expect(readParameters('GET_AGGREGATE_EVENT_COUNTS', { ...RANGE, events }).events).toEqual([
      'Signup',
      'Purchase',
    ]);
  });

  it('one event by its bare name', () => {
    expect(readParameters('GET_AGGREGATE_EVENT_COUNTS', { ...RANGE, events: 'Page View' }).events).toEqual([
      'Page View',
    ]);
  });

  it.each(['2025-10-01', '2025-10-01T08:30:00.000Z', '2025-10-01T23:59:59+02:00', ' 2025-10-01 '])(
    'the date %j',
    (fromDate) => {
      expect(readParameters('GET_AGGREGATE_EVENT_COUNTS', { ...COUNTS, fromDate }).fromDate).toBe(
        '2025-10-01',
      );
    },
  );

  it.each(['', 'null', 'undefined', null, undefined, '  ', { data: '' }])(
    '%j as absent: the default holds',
    (limit) => {
      expect(readParameters('GET_TOP_EVENTS', { limit }).limit).toBe(255);
    },
  );

  it.each([
    ['names in quotes without brackets', '"Signup, again", "Purchase"', ['Signup, again', 'Purchase']],
    ['long integers as text of their digits', '[9007199254740993, 7]', ['9007199254740993', '7']],
  ])('ids as %s', (_, distinctIds, ids) => {
    expect(readParameters('GET_PROFILE_EVENT_ACTIVITY', { ...RANGE, distinctIds }).distinctIds).toEqual(ids);
  });

  it('the long number of a group, in text that has not been parsed', () => {
    const formData = '{"data_group_id": -1405123841946871899}';
    expect(readParameters('QUERY_PROFILES', { formData }).formData).toEqual({
      data_group_id: '-1405123841946871899',
    });
  });

  it('whole numbers as hosts with only decimal ones write them', () => {
    expect(readParameters('GET_TOP_EVENTS', { limit: '10.0' }).limit).toBe(10);
  });

  it('a choice in any case, and a project with space around it', () => {
    expect(readParameters('GET_TOP_EVENTS', { type: 'Unique', projectId: ' 12 ' })).toMatchObject({
      type: 'unique',
      projectId: '12',
    });
    expect(readParameters('QUERY_PROFILES', { pages: 'All' }).pages).toBe('all');
  });

  it('a tracked integer that JavaScript cannot hold, as text of its digits', () => {
    const trackedEvents = '[{"event":"A","properties":{"token":"t","order":9007199254740993}}]';
    expect(readParameters('TRACK_EVENTS', { trackedEvents }).trackedEvents).toEqual([
      { event: 'A', properties: { token: 't', order: '9007199254740993' } },
    ]);
  });

  it('0 is a value, not an absent one', () => {
    expect(problemsIn('GET_TOP_EVENTS', { limit: 0 })).toEqual(['limit must be 1 or more.']);
    expect(readParameters('GET_TOP_EVENTS', { cacheSeconds: '0' }).cacheSeconds).toBe(0);
  });

  it('takes the project of the datasource where the query names none', () => {
    expect(readParameters('GET_TOP_EVENTS', {}, { projectId: '42' }).projectId).toBe('42');
    expect(readParameters('GET_TOP_EVENTS', { projectId: 7 }, { projectId: '42' }).projectId).toBe('7');
    expect(readParameters('GET_TOP_EVENTS', { projectId: '0007' }, { projectId: '42' }).projectId).toBe('7');
  });

  it('ignores the fields of other commands', () => {
    expect(
      readParameters('GET_TOP_EVENTS', { bookmarkId: 'not a number', fromDate: 'never' }),
    ).not.toHaveProperty('bookmarkId');
  });
});

describe('every mistake is named, with its field and what would be right', () => {
  const cases: [what: string, id: string, parameters: Record<string, unknown>, mistake: RegExp][] = [
    [
      'JSON that breaks',
      'QUERY_PROFILES',
      { formData: '{"page": 0,}' },
      /^formData is not valid JSON: unexpected "}" at line 1, column 12/,
    ],
    [
      'JSON that ends early',
      'QUERY_PROFILES',
      { formData: '{"page": ' },
      /^formData is not valid JSON: the text ends too early/,
    ],
    [
      'JSON that is none from its first character',
      'QUERY_PROFILES',
      { formData: 'page 0' },
      /^formData is not valid JSON: unexpected "p" at line 1, column 1\.$/,
    ],
    [
      'JSON that breaks on a later line',
      'QUERY_PROFILES',
      { formData: '{\n  "page": x\n}' },
      /at line 2, column 11/,
    ],
    [
      'from after to',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...COUNTS, fromDate: '2025-11-04', toDate: '2025-11-03' },
      /^fromDate must not be after To Date/,
    ],
    [
      'a day that does not exist',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...COUNTS, fromDate: '2025-02-29' },
      /^fromDate is a date that does not exist/,
    ],
    [
      'no date at all',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...COUNTS, fromDate: '01/10/2025' },
      /^fromDate must be a date, such as 2025-10-01/,
    ],
    [
      'a future end',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...COUNTS, toDate: '2025-11-09' },
      /^toDate is in the future. The latest day is 2025-11-04/,
    ],
    [
      'an unknown unit',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...COUNTS, unit: 'year' },
      /^unit must be one of minute, hour, day, week, month/,
    ],
    [
      'hourly uniques',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...COUNTS, unit: 'hour', type: 'unique' },
      /^unit cannot be hour when Type is unique/,
    ],
    [
      'an empty list',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...RANGE, events: '[]' },
      /^events must name at least one event/,
    ],
    [
      'a limit over the maximum',
      'DOWNLOAD_DATA',
      { ...RANGE, limit: 100_001 },
      /^limit is over the API's maximum of 100,000/,
    ],
    ['a limit that is no number', 'GET_TOP_EVENTS', { limit: 'many' }, /^limit must be a whole number/],
    [
      'a choice that is a list',
      'GET_TOP_EVENTS',
      { type: ['unique'] },
      /^type must be one of general, unique\.$/,
    ],
    ['a limit that is an object', 'GET_TOP_EVENTS', { limit: { a: 1 } }, /^limit must be a whole number/],
    ['a limit in powers of ten', 'GET_TOP_EVENTS', { limit: '1e3' }, /^limit must be a whole number/],
    [
      'a limit without end',
      'GET_TODAYS_TOP_EVENTS',
      { limit: '9'.repeat(30) },
      /^limit is too large a number/,
    ],
    [
      'a date that is a list',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...COUNTS, fromDate: ['2025-10-01'] },
      /^fromDate must be a date, such as 2025-10-01/,
    ],
    [
      'a number whose last digits were lost before it came here',
      'GET_PROFILE_EVENT_ACTIVITY',
      { ...RANGE, distinctIds: [2 ** 53 + 2] },
      /^distinctIds holds a number too large .* Write it in quotes/,
    ],
    [
      'names that are an object',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...RANGE, events: { a: 1 } },
      /^events must be a JSON array of names/,
    ],
    [
      'pages that are neither a number nor all',
      'QUERY_PROFILES',
      { pages: '0' },
      /^pages must be a number of pages/,
    ],
    [
      'a list nested beyond what anything can walk',
      'TRACK_EVENTS',
      { trackedEvents: `${'['.repeat(100_000)}${']'.repeat(100_000)}` },
      /^trackedEvents is nested more than 100 levels deep/,
    ],
    [
      'a value nested like that where a number belongs',
      'GET_TOP_EVENTS',
      { limit: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) },
      /^limit must be a whole number/,
    ],
    [
      'a filter that does not parse',
      'DOWNLOAD_DATA',
      { ...RANGE, where: 'properties["plan"] == x' },
      /^where is not a filter Mixpanel understands, at character 23/,
    ],
    [
      'a filter inside form data',
      'QUERY_PROFILES',
      { formData: { where: 'properties[' } },
      /^formData where is not a filter/,
    ],
    [
      'a page without its session',
      'QUERY_PROFILES',
      { formData: { page: 1 } },
      /^formData page above 0 needs the session_id/,
    ],
    [
      'fields that exclude each other',
      'QUERY_PROFILES',
      { formData: { distinct_id: 'a', distinct_ids: ['b'] } },
      /^formData takes distinct_id or distinct_ids, not both/,
    ],
    [
      'a list that is none',
      'QUERY_PROFILES',
      { formData: { output_properties: '$name, $email' } },
      /^formData output_properties must be a JSON array/,
    ],
    [
      'a group whose last digits were lost before it came here',
      'QUERY_PROFILES',
      { formData: { data_group_id: JSON.parse('-1405123841946871899') } },
      /^formData data_group_id holds a number too large/,
    ],
    [
      'an unknown engage field',
      'QUERY_PROFILES',
      { formData: { were: '1 == 1' } },
      /^formData has no field "were"; it takes distinct_id,/,
    ],
    [
      'an event without a token',
      'TRACK_EVENTS',
      { trackedEvents: [{ event: 'A', properties: {} }] },
      /^trackedEvents event 0: needs the project token/,
    ],
    [
      'an event without a name',
      'TRACK_EVENTS',
      { trackedEvents: [{ properties: { token: 't' } }] },
      /^trackedEvents event 0: needs an event name/,
    ],
    [
      'an event that is too old',
      'TRACK_EVENTS',
      { trackedEvents: [{ event: 'A', properties: { token: 't', time: NOW / 1000 - 6 * DAY_SECONDS } }] },
      /older than the five days/,
    ],
    [
      'an $insert_id Mixpanel refuses',
      'TRACK_EVENTS',
      { trackedEvents: [{ event: 'A', properties: { token: 't', $insert_id: 'no spaces' } }] },
      /\$insert_id must be 1 to 36 letters/,
    ],
    [
      'a bookmark that is no number',
      'QUERY_INSIGHTS_REPORT',
      { bookmarkId: 'my report' },
      /^bookmarkId must be a number/,
    ],
    [
      'an endpoint elsewhere',
      'CUSTOM_ACTION',
      { endpoint: 'https://example.com/api/query/events' },
      /^endpoint must be on a Mixpanel host of the region US/,
    ],
    [
      'an endpoint of another region',
      'CUSTOM_ACTION',
      { endpoint: 'https://eu.mixpanel.com/api/query/events' },
      /^endpoint is in the region European Union \(EU\), but the datasource's region is US/,
    ],
    [
      'a look-alike host',
      'CUSTOM_ACTION',
      { endpoint: 'https://mixpanel.com.evil.example/api/query' },
      /^endpoint must be on a Mixpanel host/,
    ],
    [
      'credentials in the endpoint',
      'CUSTOM_ACTION',
      { endpoint: 'https://a:b@mixpanel.com/api/query' },
      /^endpoint must be a plain https URL/,
    ],
    [
      'a protocol-relative endpoint',
      'CUSTOM_ACTION',
      { endpoint: '//example.com/api/query' },
      /^endpoint must be a URL such as/,
    ],
    [
      'an authorization of one’s own',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', headers: { Authorization: 'Basic x' } },
      /^headers must not set Authorization/,
    ],
    [
      'a header that is the client’s to choose, such as one that keeps the answer from being read',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', headers: { 'accept-encoding': 'br' } },
      /^headers must not set accept-encoding/,
    ],
    [
      'a header with a second one inside',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', headers: '{"X-A": "a\\r\\nX-B: b"}' },
      /^headers has a value for X-A that no header can have/,
    ],
    [
      'a header whose name is none',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', headers: { 'X A': 'a' } },
      /^headers has a name that no header can have: "X A"/,
    ],
    [
      'a header twice',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', headers: { 'X-A': 'a', 'x-a': 'b' } },
      /^headers sets x-a twice/,
    ],
    [
      'a header that is no text',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', headers: { 'X-A': { b: 1 } } },
      /^headers at X-A: must be text/,
    ],
    [
      'a path that names a host after a backslash',
      'CUSTOM_ACTION',
      { endpoint: '/\\example.com/api/query/events' },
      /^endpoint must be on a Mixpanel host/,
    ],
    [
      'a path that names a host after a tab',
      'CUSTOM_ACTION',
      { endpoint: '/\t/example.com/api/query/events' },
      /^endpoint must be on a Mixpanel host/,
    ],
    [
      'an encoded slash in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/..%2fapp/me' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'an encoded slash in a URL in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: 'https://mixpanel.com/api/query/..%2Fapp/me' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'an encoded backslash in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/x%5capp' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'an encoded null character in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/events%00' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'an encoded dot segment in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/%2e%2e/app/me' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'a slash encoded twice in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/..%252fapp/me' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'a dot segment in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/../app/me' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'a dot segment at the end in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/events/..' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'a single dot in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/./query/events' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'a dot segment with a tab in it in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/.\t./app/me' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'a backslash in the path in the path of an endpoint',
      'CUSTOM_ACTION',
      { endpoint: '/api/query\\..\\app/me' },
      /^endpoint (?:has a path that can be read in two ways|must be)/,
    ],
    [
      'more headers than a request can have',
      'CUSTOM_ACTION',
      {
        endpoint: '/api/app/me',
        headers: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`X-${i}`, 'a'])),
      },
      /^headers must have at most 50 headers, not 51\./,
    ],
    [
      'a header name without an end',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', headers: { ['x'.repeat(257)]: 'a' } },
      /^headers has a name of 257 characters\. Names can have 256\./,
    ],
    [
      'a header value without an end',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', headers: { 'X-A': 'a'.repeat(8193) } },
      /^headers has a value of 8,193 characters for X-A\. Values can have 8,192\./,
    ],
    [
      'a parameter that stands in the endpoint twice, of which one would be lost',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/events?event=a&event=b' },
      /^endpoint has the parameter event more than once/,
    ],
    [
      'a body that is meant as JSON and is none',
      'CUSTOM_ACTION',
      { endpoint: '/api/query/insights', method: 'POST', body: '{"a":' },
      /^body is not valid JSON: the text ends too early .* set its type in Headers/,
    ],
    [
      'a body with GET',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', body: '{}' },
      /^body cannot be sent with GET/,
    ],
  ];

  it.each(cases)('%s', (_, id, parameters, mistake) => {
    expect(problemsIn(id, parameters)).toEqual([expect.stringMatching(mistake)]);
  });

  it('an object that holds itself ends no process', () => {
    const cyclic: Record<string, unknown> = {};
    Object.assign(cyclic, { one: cyclic, other: cyclic });
    const wrapped: Record<string, unknown> = {};
    wrapped.data = wrapped;
    expect(problemsIn('GET_TOP_EVENTS', { limit: wrapped })).toEqual([
      expect.stringMatching(/^limit must be a whole number/),
    ]);
    expect(problemsIn('QUERY_PROFILES', { formData: cyclic })).toEqual([
      expect.stringMatching(/^formData is nested more than 100 levels deep/),
    ]);
  });

  it('no password of an endpoint comes back in the error about it', () => {
    const attempt = () =>
      readParameters('CUSTOM_ACTION', { endpoint: 'https://me:hunter2@mixpanel.com/api/app/me' });
    expect(attempt).toThrow(/without a port or credentials/);
    expect(attempt).not.toThrow(/hunter2/);
  });

  it.each(['{"Authorization": "Basic hunter2"', '{"Authorization": "Basic hunter2"}', '["hunter2"]'])(
    'nothing of the headers %j comes back in the error about them',
    (headers) => {
      const attempt = () => readParameters('CUSTOM_ACTION', { endpoint: '/api/app/me', headers });
      expect(attempt).toThrow(/Headers \(JSON object\): /);
      expect(attempt).not.toThrow(/hunter2/);
    },
  );

  it('a mistake in a megabyte of JSON is found where it is', () => {
    const trackedEvents = `[${'1,'.repeat(500_000)},1]`;
    expect(problemsIn('TRACK_EVENTS', { trackedEvents })).toEqual([
      expect.stringMatching(/unexpected "," at line 1, column 1000002,/),
    ]);
  });

  it('a missing project says where one can come from', () => {
    expect(problemsIn('GET_TOP_EVENTS', {}, { projectId: undefined })).toEqual([
      expect.stringMatching(/^projectId is missing.*Default Project ID/),
    ]);
  });

  it('all at once, in one error a person can act on', () => {
    const attempt = () =>
      readParameters('GET_AGGREGATE_EVENT_COUNTS', {
        events: '["a"',
        unit: 'year',
        fromDate: '2025-13-01',
        toDate: '',
      });
    expect(attempt).toThrow(PluginError);
    expect(attempt).toThrow(/4 fields need a correction/);
    expect(attempt).toThrow(/Event\(s\) \(JSON array\): is not valid JSON/);
    expect(attempt).toThrow(/Unit: must be one of .* Received: year\./);
    expect(attempt).toThrow(/To Date: is required/);
  });
});

describe('what a caller made that is not plain data is a mistake with a name, never a failure of ours', () => {
  const throwing = {
    get event() {
      throw new Error('s3cret');
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  let shared: unknown = { a: 1 };
  for (let level = 0; level < 40; level += 1) shared = [shared, shared];

  test.each<[string, string, Record<string, unknown>, RegExp]>([
    ['a getter of the parameters', 'GET_TOP_EVENT_PROPERTIES', throwing, /^event must be text/],
    [
      'a getter within a value',
      'TRACK_EVENTS',
      { trackedEvents: [throwing] },
      /^trackedEvents cannot be read/,
    ],
    [
      'a toJSON',
      'TRACK_EVENTS',
      { trackedEvents: [{ toJSON: () => throwing.event }] },
      /^trackedEvents cannot be read/,
    ],
    ['a revoked proxy', 'TRACK_EVENTS', { trackedEvents: [proxy] }, /^trackedEvents cannot be read/],
    ['a revoked proxy for a number', 'GET_TOP_EVENTS', { limit: proxy }, /^limit must be a whole number/],
    ['a symbol', 'GET_TOP_EVENTS', { limit: Symbol('x') }, /^limit must be a whole number/],
    [
      'a BigInt within a body',
      'CUSTOM_ACTION',
      { method: 'POST', endpoint: '/import', body: [1n] },
      /^body holds a BigInt/,
    ],
    [
      'a function',
      'CUSTOM_ACTION',
      { method: 'POST', endpoint: '/import', body: () => 1 },
      /^body must not be a function/,
    ],
    [
      'lists shared a million million times',
      'TRACK_EVENTS',
      { trackedEvents: shared },
      /^trackedEvents is larger than/,
    ],
    ['such lists for a name', 'GET_TOP_EVENT_PROPERTIES', { event: shared }, /^event must be text/],
  ])('%s', (_, id, parameters, problem) => {
    const problems = problemsIn(id, parameters);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain('s3cret');
  });
});

describe('a value is judged by its size before it is parsed', () => {
  const long = 'a'.repeat(65_537);
  const many = (count: number, item: string) => `[${new Array(count).fill(item)}]`;
  test.each<[string, string, Record<string, unknown>, RegExp]>([
    [
      'a name',
      'GET_TOP_EVENT_PROPERTIES',
      { event: long },
      /^event has 65,537 characters, and can have 65,536/,
    ],
    ['a date', 'GET_AGGREGATE_EVENT_COUNTS', { ...COUNTS, toDate: long }, /^toDate has 65,537 characters/],
    ['a number', 'GET_TOP_EVENTS', { limit: '1'.repeat(65_537) }, /^limit has 65,537 characters/],
    ['a choice', 'GET_TOP_EVENTS', { type: long }, /^type has 65,537 characters/],
    [
      'a filter',
      'DOWNLOAD_DATA',
      { ...RANGE, where: `1${' + 1'.repeat(20_000)}` },
      /^where has 80,001 characters/,
    ],
    ['an address', 'CUSTOM_ACTION', { endpoint: `/api/app/${long}` }, /^endpoint has 65,546 characters/],
    [
      'a list',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...RANGE, events: `["${'a'.repeat(2 ** 20)}"]` },
      /^events has 1,048,580 characters/,
    ],
    [
      'a list of names',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...RANGE, events: many(5001, '"a"') },
      /^events has 5,001 names, and can have 5,000/,
    ],
    [
      'a real list of names',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...RANGE, events: new Array(5001).fill('a') },
      /^events has 5,001 names/,
    ],
    [
      'a comma list of names',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...RANGE, events: 'a,'.repeat(5001) },
      /^events has 5,001 names/,
    ],
    [
      'an object',
      'QUERY_PROFILES',
      { formData: { a: 'a'.repeat(2 ** 20) } },
      /^formData is larger than the 1,048,576 characters/,
    ],
    [
      'values within events',
      'TRACK_EVENTS',
      { trackedEvents: `[{"a":${many(1_000_000, '1')}}]` },
      /^trackedEvents has more than 1,000,000 values/,
    ],
    [
      'brackets',
      'TRACK_EVENTS',
      { trackedEvents: '['.repeat(200) },
      /^trackedEvents is nested more than 100/,
    ],
    [
      'brackets in a body',
      'CUSTOM_ACTION',
      { method: 'POST', endpoint: '/import', body: '['.repeat(200) },
      /^body is not valid JSON: it is nested more than 100 levels deep/,
    ],
    [
      'events',
      'TRACK_EVENTS',
      { trackedEvents: many(250_001, '{}') },
      /^trackedEvents has 250,001 items, and can have 250,000/,
    ],
  ])('%s', (_, id, parameters, problem) => {
    expect(problemsIn(id, parameters)).toEqual([expect.stringMatching(problem)]);
  });

  test('a long list of mistakes is cut, and says how many there are', () => {
    const headers = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`a b${index}`, { x: 1 }]));
    const attempt = () => readParameters('CUSTOM_ACTION', { endpoint: '/api/app/me', headers });
    expect(attempt).toThrow(/49 fields need a correction/);
    const names = { ...RANGE, events: new Array(4000).fill('') };
    expect(() => readParameters('GET_AGGREGATE_EVENT_COUNTS', names)).toThrow(/And 3,950 more\.$/);
  });
});
