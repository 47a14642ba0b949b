import { describe, expect, it } from 'vitest';
import { PluginError } from '../src/errors.js';
import { mistakes, NOW, read } from './commands/command.js';

const RANGE = { fromDate: '2025-10-01', toDate: '2025-11-03' };
const COUNTS = { events: '["Signup"]', ...RANGE };

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
    expect(read('GET_AGGREGATE_EVENT_COUNTS', { ...RANGE, events }).events).toEqual(['Signup', 'Purchase']);
  });

  it('one event by its bare name', () => {
    expect(read('GET_AGGREGATE_EVENT_COUNTS', { ...RANGE, events: 'Page View' }).events).toEqual([
      'Page View',
    ]);
  });

  it.each(['2025-10-01', '2025-10-01T08:30:00.000Z', '2025-10-01T23:59:59+02:00', ' 2025-10-01 '])(
    'the date %j',
    (fromDate) => {
      expect(read('GET_AGGREGATE_EVENT_COUNTS', { ...COUNTS, fromDate }).fromDate).toBe('2025-10-01');
    },
  );

  it.each(['', 'null', 'undefined', null, undefined, '  ', { data: '' }])(
    '%j as absent: the default holds',
    (limit) => {
      expect(read('GET_TOP_EVENTS', { limit }).limit).toBe(255);
    },
  );

  it('0 is a value, not an absent one', () => {
    expect(mistakes('GET_TOP_EVENTS', { limit: 0 })).toEqual(['limit must be 1 or more.']);
    expect(read('GET_TOP_EVENTS', { cacheSeconds: '0' }).cacheSeconds).toBe(0);
  });

  it('takes the project of the datasource where the query names none', () => {
    expect(read('GET_TOP_EVENTS', {}, { projectId: '42' }).projectId).toBe('42');
    expect(read('GET_TOP_EVENTS', { projectId: 7 }, { projectId: '42' }).projectId).toBe('7');
  });

  it('ignores the fields of other commands', () => {
    expect(read('GET_TOP_EVENTS', { bookmarkId: 'not a number', fromDate: 'never' })).not.toHaveProperty(
      'bookmarkId',
    );
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
      /^fromDate must be a date as yyyy-mm-dd/,
    ],
    [
      'a future end',
      'GET_AGGREGATE_EVENT_COUNTS',
      { ...COUNTS, toDate: '2025-11-09' },
      /^toDate lies in the future; the latest day is 2025-11-04/,
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
      'a filter that does not parse',
      'DOWNLOAD_DATA',
      { ...RANGE, where: 'properties["plan"] = "x"' },
      /^where is not a filter Mixpanel understands, at character 20/,
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
      { trackedEvents: [{ event: 'A', properties: { token: 't', time: NOW / 1000 - 6 * 86_400 } }] },
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
      { bookmarkId: 'report-67890' },
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
      'a body with GET',
      'CUSTOM_ACTION',
      { endpoint: '/api/app/me', body: '{}' },
      /^body is not sent with GET/,
    ],
  ];

  it.each(cases)('%s', (_, id, parameters, mistake) => {
    expect(mistakes(id, parameters)).toEqual([expect.stringMatching(mistake)]);
  });

  it('a missing project says where one can come from', () => {
    expect(mistakes('GET_TOP_EVENTS', {}, { projectId: undefined })).toEqual([
      expect.stringMatching(/^projectId is required/),
    ]);
  });

  it('all at once, in one error a person can act on', () => {
    const attempt = () =>
      read('GET_AGGREGATE_EVENT_COUNTS', {
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
