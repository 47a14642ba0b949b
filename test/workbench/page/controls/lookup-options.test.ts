import { expect, test } from 'vitest';
import { filterOptions } from '../../../../src/workbench/page/controls/lookup-options.js';

const options = [
  { label: 'Weekly signups (Insights, Growth)', value: '67890' },
  { label: 'Checkout (Funnel)', value: '67891' },
  { label: 'Signups by plan (Insights)', value: '1' },
];

test.each([
  ['', ['67890', '67891', '1']],
  ['signups', ['1', '67890']],
  ['SIGNUPS insights', ['67890', '1']],
  ['growth weekly', ['67890']],
  ['6789', ['67890', '67891']],
  ['nothing', []],
])('%j finds %j, those that begin with it first', (text, values) => {
  expect(filterOptions(options, text).map(({ value }) => value)).toEqual(values);
});

test('searches in thousands of entries', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({
    label: `Report ${index}`,
    value: String(index),
  }));
  expect(filterOptions(many, 'report 19999')).toEqual([many[19_999]]);
});
