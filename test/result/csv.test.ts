import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/json/turns.js';
import { toCsv } from '../../src/result/csv.js';

describe('rows as CSV', () => {
  it('have a header of every column of every row, and empty cells where a row has none', async () => {
    expect(await toCsv([{ a: 1 }, { b: 2, a: null }])).toBe('a,b\n1,\n,2\n');
  });

  it('lose nothing to quotes, line breaks, commas, other scripts or nesting', async () => {
    const row = { 'a,"b"\n': 'x,"y"\nz', unicode: 'ü\u2028漢', nested: { list: [1, null] }, yes: true };
    expect(parse(await toCsv([row]), { columns: true })).toEqual([
      { ...row, nested: '{"list":[1,null]}', yes: 'true' },
    ]);
  });

  it('keep a cell that a spreadsheet would take for a formula: what is exported can be sent back', async () => {
    expect(await toCsv([{ a: '=1+1', b: -5, c: '+49 30' }])).toBe('a,b,c\n=1+1,-5,+49 30\n');
  });

  it.each([[[]], [[{}]]])('of %j are no text at all', async (rows) => {
    expect(await toCsv(rows)).toBe('');
  });
});

it('many rows are written as CSV in turns, and to the same text', async () => {
  const rows = Array.from({ length: 40_000 }, (_, index) => ({ index, [`c${index % 3}`]: 'x'.repeat(90) }));
  const turns = new Turns();
  const text = await toCsv(rows, turns);
  expect(turns.count).toBeGreaterThanOrEqual(3);
  expect(text.startsWith('index,c0,c1,c2\n0,')).toBe(true);
  expect(text.split('\n')).toHaveLength(40_002);
});
