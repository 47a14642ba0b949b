import { describe, expect, test } from 'vitest';
import { describeJsonError, jsonErrorOffset } from '../../src/json/syntax-error.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

describe('the message says where JSON breaks, in every engine alike', () => {
  test.each([
    ['{"a": 1,}', 'unexpected "}" at line 1, column 9, after "{\\"a\\": 1,".'],
    ['{"a": 1\n "b": 2}', 'unexpected "\\"" at line 2, column 2, after "{\\"a\\": 1\\n ".'],
    ["{'a': 1}", 'unexpected "\'" at line 1, column 2, after "{".'],
    ['[1, 2', 'the text ends too early at line 1, column 6, after "[1, 2".'],
    ['["a', 'the text ends too early at line 1, column 4, after "[\\"a".'],
    ['["a\nb"]', 'unexpected "\\n" at line 1, column 4, after "[\\"a".'],
    ['["a\tb"]', 'unexpected "\\t" at line 1, column 4, after "[\\"a".'],
    ['["a\\x"]', 'unexpected "x" at line 1, column 5, after "[\\"a\\\\".'],
    ['["\\u12g4"]', 'unexpected "u" at line 1, column 4, after "[\\"\\\\".'],
    ['[1.]', 'unexpected "]" at line 1, column 4, after "[1.".'],
    ['[01]', 'unexpected "1" at line 1, column 3, after "[0".'],
    ['[1] // no', 'unexpected "/" at line 1, column 5, after "[1] ".'],
    ['nul', 'unexpected "n" at line 1, column 1.'],
    ['', 'the text ends too early at line 1, column 1.'],
    ['[😀]', 'unexpected "😀" at line 1, column 2, after "[".'],
  ])('%j', (text, expected) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(describeJsonError(text)).toBe(expected);
  });

  test('quotes nothing of a confidential text but the character that does not fit', () => {
    expect(describeJsonError('{"password": "s3cret" x}', true)).toBe('unexpected "x" at line 1, column 23.');
  });

  test('finds no error in JSON, whatever is in it', () => {
    for (const text of ['{"a":[1,-2.5e+3,true,null,"\\u00e9\\n"]}', '"\u2028"', ' [ ] '])
      expect(jsonErrorOffset(text)).toBeUndefined();
  });

  test('finds the error behind many blanks, and does not look behind a run longer than any text has', () => {
    expect(jsonErrorOffset(`[${`${' '.repeat(10_000)}1,`.repeat(3)}x]`)).toBe(30_007);
    expect(describeJsonError(`[${' '.repeat(1_000_000)}x]`)).toBe('it does not parse.');
  });

  test('says that text nested too deep for the parser does not parse', () => {
    expect(describeJsonError('['.repeat(1_000_000))).toBe('it does not parse.');
  });
});

describe('finding the error takes time in proportion to the text', () => {
  test.each<[string, (size: number) => string]>([
    ['commas', (size) => `[${','.repeat(size)}`],
    ['the same token many times', (size) => `["${'x,'.repeat(size)}", x]`],
    ['escaped quotes', (size) => `["${'\\"'.repeat(size)}`],
    ['bad escapes', (size) => `["${'\\x'.repeat(size)}`],
    ['line breaks', (size) => `${'\n'.repeat(size)}x`],
    ['blanks', (size) => `${' '.repeat(size)}x`],
    ['members without a value', (size) => `{${'"a" '.repeat(size)}`],
  ])('%s', async (_, textOf) => {
    expect(await growthFactor((size) => describeJsonError(textOf(size)), 10_000)).toBeLessThan(LINEAR_FACTOR);
  });
});
