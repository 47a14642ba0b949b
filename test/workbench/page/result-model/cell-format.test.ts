import { expect, test } from 'vitest';
import { showCell } from '../../../../src/workbench/page/result-model/cell-format.js';

test.each([
  ['2026-10-27T00:20:57.000Z', { text: '2026-10-27 00:20:57 UTC', kind: 'time' }],
  ['2026-10-27T00:20:57.120Z', { text: '2026-10-27 00:20:57.120 UTC', kind: 'time' }],
  ['2026-10-27T00:00:00-08:00', { text: '2026-10-27 00:00:00 -08:00', kind: 'time' }],
  ['2026-10-27', { text: '2026-10-27' }],
  [null, { text: 'null', kind: 'null' }],
  ['null', { text: 'null' }],
  ['', { text: '' }],
  [{ a: 1 }, { text: '{"a":1}' }],
])('a cell shows %j so that it can be read and told from others', (value, shown) => {
  expect(showCell(value)).toEqual(shown);
});
