import { describe, expect, test } from 'vitest';
import type { Insertion } from '../../../../src/command/insertion.js';
import {
  canWriteMember,
  readChosen,
  writeChosen,
} from '../../../../src/workbench/page/controls/json-member.js';

describe('what is chosen beside a text of JSON', () => {
  const VALUE: Insertion = { label: 'Filter', lookup: 'cohorts', path: ['filter', 'id'], as: 'value' };

  test.each([
    ['nothing', '', { filter: { id: 7 } }],
    ['an empty object', '{}', { filter: { id: 7 } }],
    ['other members', '{"a": 1}', { a: 1, filter: { id: 7 } }],
    ['another choice', '{"filter": {"id": 1}, "a": 1}', { filter: { id: 7 }, a: 1 }],
    ['the bare value people write', '{"filter": 1}', { filter: { id: 7 } }],
  ])('is written where there is %s', (_, text, written) => {
    const changed = writeChosen(text, VALUE, ['7']);
    expect(JSON.parse(changed)).toEqual(written);
    expect(readChosen(changed, VALUE)).toEqual(['7']);
  });

  test('leaves the rest as it was typed, digits no number can hold included', () => {
    const text = '{ "filter": {"id": 1},\n\n  "big": 12345678901234567890 }';
    expect(writeChosen(text, VALUE, ['7'])).toContain('\n\n  "big": 12345678901234567890 }');
  });

  test('is written as text where it is no number that JavaScript keeps', () => {
    expect(JSON.parse(writeChosen('', VALUE, ['12345678901234567890']))).toEqual({
      filter: { id: '12345678901234567890' },
    });
  });

  test.each([
    ['{"filter": {"id": 1}, "a": 1}', '{\n  "a": 1\n}'],
    ['{"filter": {"id": 1}}', ''],
    ['', ''],
  ])('is taken out of %s again', (text, left) => {
    expect(writeChosen(text, VALUE, [])).toBe(left);
  });

  test.each([['[]'], ['{"a": '], ['7'], ['{{Input1.text}}']])('is not written into %s', (text) => {
    expect(canWriteMember(text)).toBe(false);
    expect(readChosen(text, VALUE)).toEqual([]);
  });

  test('is a list of all that are chosen, in their order', () => {
    const list: Insertion = { label: 'Output', lookup: 'profileProperties', path: ['output'], as: 'list' };
    const changed = writeChosen('{"a": 1}', list, ['$email', '42']);
    expect(JSON.parse(changed)).toEqual({ a: 1, output: ['$email', '42'] });
    expect(readChosen(changed, list)).toEqual(['$email', '42']);
    expect(JSON.parse(writeChosen(changed, list, []))).toEqual({ a: 1 });
  });

  test('is a property of the filter language, whatever its name holds', () => {
    const sort: Insertion = { label: 'Sort by', lookup: 'profileProperties', path: ['sort'], as: 'property' };
    const changed = writeChosen('', sort, ['a "name"']);
    expect(JSON.parse(changed)).toEqual({ sort: 'properties["a \\"name\\""]' });
    expect(readChosen(changed, sort)).toEqual(['a "name"']);
    expect(readChosen('{"sort": "number(properties[\\"age\\"])"}', sort)).toEqual([
      'number(properties["age"])',
    ]);
  });
});
