import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/json/large-integers.js';

describe('Mixpanel’s JSON is parsed without losing anything', () => {
  it('keeps integers beyond 2^53 as text of their digits', () => {
    expect(parseJson('{"id":-1405123841946871899,"n":9007199254740993}')).toEqual({
      id: '-1405123841946871899',
      n: '9007199254740993',
    });
  });

  it('leaves numbers that fit as numbers', () => {
    expect(parseJson('[9007199254740991,-9007199254740991,1e21,0.123456789012345678,12]')).toEqual([
      9007199254740991, -9007199254740991, 1e21, 0.12345678901234568, 12,
    ]);
  });

  it('does not touch digits inside texts, escaped quotes included', () => {
    expect(parseJson('{"a\\"":"\\\\\\" 12345678901234567890"}')).toEqual({
      'a"': '\\" 12345678901234567890',
    });
  });

  it.each([
    '{"a":"so: 12345678901234567890, or not","b":12345678901234567890}',
    '["x,12345678901234567890"]',
  ])('does not take digits for a number because a text looks like JSON: %s', (text) => {
    const expected = JSON.parse(text.replace('"b":12345678901234567890', '"b":"12345678901234567890"'));
    expect(parseJson(text)).toEqual(expected);
  });

  it('keeps own keys that objects have by nature', () => {
    const parsed = parseJson('{"__proto__":{"x":12345678901234567890},"constructor":1}') as object;
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});
