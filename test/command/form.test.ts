import { describe, expect, test } from 'vitest';
import { formFields } from '../../src/command/field.js';
import {
  insertionFields,
  isFilledByDatasource,
  sharedDefault,
  withInsertions,
} from '../../src/command/form.js';
import { commands } from '../../src/commands/index.js';

const fieldOf = (id: string, key: string) => {
  const command = commands.find((each) => each.id === id)!;
  return formFields(command).find((field) => field.key === key)!;
};

describe('a default that all forms share', () => {
  test('is that of the field when every command with the field has it', () => {
    expect(sharedDefault(fieldOf('GET_TOP_EVENTS', 'type'), commands)).toBe('general');
    expect(sharedDefault(fieldOf('GET_AGGREGATE_EVENT_COUNTS', 'type'), commands)).toBe('general');
  });

  test('is none when commands disagree', () => {
    expect(sharedDefault(fieldOf('GET_TOP_EVENTS', 'limit'), commands)).toBeUndefined();
  });
});

test('the datasource fills in the project, and no other field of a query', () => {
  const filled = commands.flatMap(formFields).filter(isFilledByDatasource);
  expect([...new Set(filled.map(({ key }) => key))]).toEqual(['projectId']);
});

describe('an insertion', () => {
  const command = commands.find(({ id }) => id === 'QUERY_PROFILES')!;
  const insert = (formData: unknown, value: unknown) =>
    withInsertions(command, { formData, formData_filter_by_cohort_id: value, pages: '1' });

  test('is a field of its own, named after its place', () => {
    expect(insertionFields(fieldOf('QUERY_PROFILES', 'formData')).map(({ key }) => key)).toEqual([
      'formData_filter_by_cohort_id',
      'formData_output_properties',
      'formData_sort_key',
    ]);
    expect(insertionFields(fieldOf('QUERY_PROFILES', 'pages'))).toEqual([]);
  });

  test('is written as a list, or as a property of the filter language, as its place needs it', () => {
    const chosen = {
      formData: '',
      formData_output_properties: ['$email', 'plan'],
      formData_sort_key: '$last_seen',
    };
    expect(withInsertions(command, chosen).formData).toEqual({
      output_properties: ['$email', 'plan'],
      sort_key: 'properties["$last_seen"]',
    });
    expect(withInsertions(command, { formData: '', formData_output_properties: [] }).formData).toBe('');
    expect(withInsertions(command, { formData_output_properties: '$email' }).formData).toEqual({
      output_properties: ['$email'],
    });
  });

  test.each([
    ['an empty field', ''],
    ['a field that is not there', undefined],
    ['an object', {}],
    ['JSON text', '{}'],
  ])('is written into %s', (_, formData) => {
    expect(insert(formData, '42')).toEqual({ formData: { filter_by_cohort: { id: '42' } }, pages: '1' });
  });

  test('replaces the member and leaves the others unchanged', () => {
    const formData = '{"where": "true", "filter_by_cohort": {"id": 7, "more": 1}}';
    expect(insert(formData, '42').formData).toEqual({
      where: 'true',
      filter_by_cohort: { id: '42', more: 1 },
    });
  });

  test('keeps every digit of the other members', () => {
    expect(insert('{"distinct_id": 9007199254740993}', '42').formData).toMatchObject({
      distinct_id: '9007199254740993',
    });
  });

  test.each([undefined, null, ''])('that is %j changes nothing', (value) => {
    expect(insert('{"page": 1}', value)).toEqual({ formData: '{"page": 1}', pages: '1' });
  });

  test('leaves text that is no object to the executor, which says what is wrong with it', () => {
    expect(insert('{"page":', '42').formData).toBe('{"page":');
    expect(insert('[1]', '42').formData).toBe('[1]');
  });
});
