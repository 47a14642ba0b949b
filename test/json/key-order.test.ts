import { describe, expect, test } from 'vitest';
import { keysOf, parseJsonInOrder } from '../../src/json/key-order.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

test('keys are listed as they were written, and a string that looks like a key is left alone', () => {
  const parsed = parseJsonInOrder('{"iOS":1,"404" : 2,"a\\"":"\\\\","7":"\\",\\"8\\":"}') as Record<
    string,
    unknown
  >;
  expect(keysOf(parsed)).toEqual(['iOS', '404', 'a"', '7']);
  expect(parsed).toEqual({ iOS: 1, 404: 2, 'a"': '\\', 7: '","8":' });
});

test('a string of ten million characters is read beside a key that is a number', () => {
  const text = 'a'.repeat(10_000_000);
  const parsed = parseJsonInOrder(`{"b":"${text}","1":2}`) as Record<string, unknown>;
  expect(keysOf(parsed)).toEqual(['b', '1']);
  expect(parsed.b === text).toBe(true);
});

test.each(['{"1":', '{"1":2}x', '{"1":"', '{"1": "\\x"}'])('%s is refused because it is not JSON', (text) => {
  expect(() => parseJsonInOrder(text)).toThrow(SyntaxError);
});

describe('the time taken grows with the text, whatever is in it', () => {
  test.each<[string, (size: number) => string]>([
    ['escaped quotes without an end', (size) => `{"1":"${'\\"'.repeat(size)}`],
    ['quotes', (size) => `{"1":${'"'.repeat(size)}`],
    ['escaped quotes in a string', (size) => `{"1":"${'\\"'.repeat(size)}"}`],
    ['backslashes', (size) => `{"1":"${'\\\\'.repeat(size)}"}`],
    ['keys', (size) => `{"1":[${'{"12":1},'.repeat(size)}1]}`],
    ['strings', (size) => `{"1":[${'"12",'.repeat(size)}1]}`],
    ['blanks', (size) => `{"1"${' '.repeat(size)}:1}`],
  ])('%s', async (_, textOf) => {
    const parse = (size: number) => {
      try {
        parseJsonInOrder(textOf(size));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    };
    expect(await growthFactor(parse, 10_000)).toBeLessThan(LINEAR_FACTOR);
  });
});
