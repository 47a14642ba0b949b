import { expect, test } from 'vitest';
import { bindingOf } from '../../../../src/workbench/page/result-model/binding.js';
import { findPaths } from '../../../../src/workbench/page/result-model/json-search.js';

const VALUE = { steps: [{ event: 'Signup', count: 3 }], signups: null };

test('a search finds names and plain values, whatever their case', () => {
  expect(findPaths(VALUE, 'SIGNUP', 10)).toEqual([['steps', 0, 'event'], ['signups']]);
  expect(findPaths(VALUE, '3', 10)).toEqual([['steps', 0, 'count']]);
});

test('a search ends at its maximum', () => {
  expect(findPaths([1, 1, 1], '1', 2)).toHaveLength(2);
});

test('the binding of a path is JavaScript, also for names that are no identifiers', () => {
  expect(bindingOf('Query1', [0, 'steps'])).toBe('{{Query1.data[0].steps}}');
  expect(bindingOf('Query1', ['plan type', 2])).toBe('{{Query1.data["plan type"][2]}}');
});
