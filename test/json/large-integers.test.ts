import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/json/large-integers.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

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

describe('large integers in unusual places', () => {
  it.each([
    ['12345678901234567890', '12345678901234567890'],
    [' -12345678901234567890\n', '-12345678901234567890'],
    [
      '[12345678901234567890 ,"a, 12345678901234567890"]',
      ['12345678901234567890', 'a, 12345678901234567890'],
    ],
    [
      '{"a, 12345678901234567890 ":1e-12345678901234567890,"b":0.12345678901234567890}',
      { 'a, 12345678901234567890 ': 0, b: 0.12345678901234568 },
    ],
    [
      '["\\\\",12345678901234567890,", 12345678901234567890 ,"]',
      ['\\', '12345678901234567890', ', 12345678901234567890 ,'],
    ],
  ])('%s is read without losing a digit', (text, expected) => {
    expect(parseJson(text)).toEqual(expected);
  });

  it.each([
    '{"id":0012345678901234567890}',
    '{ 12345678901234567890 : 1 }',
    '[12345678901234567890 12345678901234567890]',
    '["a 12345678901234567890',
  ])('%s is refused because it is not JSON', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});

const DIGITS = '1234567890123456';

describe('the time taken grows with the text, whatever is in it', () => {
  it.each<[string, (size: number) => string]>([
    ['escaped quotes without an end', (size) => `${DIGITS}"${'\\"'.repeat(size)}`],
    ['quotes after digits', (size) => `[${DIGITS},${'"'.repeat(size)}`],
    ['pairs of quotes', (size) => `[${DIGITS} ${'"", '.repeat(size)}`],
    ['backslashes', (size) => `["${DIGITS}${'\\'.repeat(size)}`],
    ['a string of backslashes', (size) => `[", ${DIGITS},${'\\\\'.repeat(size)}", ${DIGITS}9]`],
    ['one number', (size) => `[${'9'.repeat(size)}]`],
    ['one number without an end', (size) => `[${'9'.repeat(size)}x`],
    ['one fraction', (size) => `[${'9'.repeat(size)}.5, ", ${DIGITS},"]`],
    ['many numbers', (size) => `[${`${DIGITS}9,`.repeat(size)}1]`],
    ['numbers in strings', (size) => `[${`", ${DIGITS}9,",`.repeat(size)}1]`],
    ['blanks between numbers', (size) => `[${`${DIGITS}9${' '.repeat(99)}`.repeat(Math.ceil(size / 100))}`],
    ['open brackets', (size) => `${'['.repeat(size)}${DIGITS}`],
    ['colons', (size) => `${DIGITS}${':'.repeat(size)}`],
    ['minus signs', (size) => `[${DIGITS},${'-'.repeat(size)}`],
  ])('%s', async (_, textOf) => {
    const parse = (size: number) => {
      try {
        parseJson(textOf(size));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    };
    expect(await growthFactor(parse, 10_000)).toBeLessThan(LINEAR_FACTOR);
  });
});
