import { describe, expect, test } from 'vitest';
import {
  canWriteMember,
  readMember,
  writeMember,
} from '../../../../src/workbench/page/controls/json-member.js';

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
