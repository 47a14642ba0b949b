import { expect, test } from 'vitest';
import { previewJson } from '../../src/json/preview.js';

test.each<[string, unknown]>([
  ['text', 'a "b"'],
  ['a list', [1, 'a', null, true, [], {}]],
  ['an object', { a: { b: [1] }, 'c"': 'd' }],
])('a short value is shown whole as JSON: %s', (_, value) => {
  expect(previewJson(value, 100)).toBe(JSON.stringify(value));
});

test.each<[string, unknown, string]>([
  ['a long text', 'a'.repeat(1e7), '"aaaaaaaaa…'],
  ['a long list', new Array(1e7).fill(1), '[1,1,1,1,1…'],
  ['a list in a list', [[[[[[[[[[[[[]]]]]]]]]]]]], '[[[[[[[[[[…'],
  [
    'a long object',
    Object.fromEntries(Array.from({ length: 1e5 }, (_, index) => [`k${index}`, 1])),
    '{"k0":1,"k…',
  ],
])('of a large value only the beginning is read: %s', (_, value, expected) => {
  expect(previewJson(value, 10)).toBe(expected);
});

test('an object that holds another a million million times is shown by its beginning', () => {
  let value: unknown = { a: 1 };
  for (let level = 0; level < 40; level += 1) value = [value, value];
  expect(previewJson(value, 20)).toMatch(/^\[{20}…$/);
});
