import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsvRecords } from '../../src/records/csv-records.js';
import { SEEDS } from '../seeds.js';

const COLUMNS = ['one', 'two', 'three'].map((name) => ({ name, type: 'text', decimalSign: '.' }) as const);
const HEADER = COLUMNS.map(({ name }) => name);
const OPTIONS = { relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] };

async function readAll(chunks: readonly string[], delimiter: string) {
  async function* text() {
    yield* chunks;
  }
  const table = {
    dialect: { delimiter, hasSeparatorLine: false },
    header: HEADER,
    columns: COLUMNS,
    rows: 0,
    notes: [],
  };
  const found: { line: number; cells: string[] }[] = [];
  try {
    for await (const { line, cells } of readCsvRecords(text(), 'a.csv', table)) found.push({ line, cells });
    return { found };
  } catch {
    return { failed: true };
  }
}

/** What the parser makes of the whole text, the header and blank rows left out. */
function parseAll(text: string, delimiter: string) {
  try {
    let next = 1;
    const rows = (parse(text, { ...OPTIONS, delimiter }) as string[][]).map((cells) => {
      const line = next;
      next += 1 + cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      return { line, cells };
    });
    const filled = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
    return {
      found: filled.slice(1).map(({ line, cells }) => ({ line, cells: cells.slice(0, HEADER.length) })),
    };
  } catch {
    return { failed: true };
  }
}

const sign = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', '1', ' ', 'é', ',') },
  { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\r') },
);
const plainText = fc.array(sign, { maxLength: 40 }).map((signs) => signs.join(''));
const quoted = fc.constantFrom('"a"', '"a,b"', '"a\nb"', '"a""b"', 'a"b', '"a"b', '"');
const anyText = fc
  .tuple(plainText, fc.option(quoted, { nil: '' }), plainText)
  .map(([before, middle, after]) => `x,y,z\n${before}${middle}${after}`);

test(`rows without the parser are the parser's rows, in whatever chunks they come, for ${20 * SEEDS} texts`, async () => {
  await fc.assert(
    fc.asyncProperty(anyText, fc.array(fc.nat(60), { maxLength: 8 }), async (text, cuts) => {
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
      const chunks = places.slice(1).map((end, index) => text.slice(places[index], end));
      const expected = parseAll(text, ',');
      expect(await readAll(chunks.filter(Boolean), ',')).toEqual(expected);
      expect(await readAll([...text], ',')).toEqual(expected);
    }),
    { numRuns: 20 * SEEDS },
  );
});

test('a row without an end is given up after 16 MB, though it has no quote', async () => {
  const megabyte = 'a'.repeat(1024 * 1024);
  let taken = 0;
  async function* endless() {
    yield 'x,y,z\n';
    for (; taken < 100; taken += 1) yield megabyte;
  }
  const table = {
    dialect: { delimiter: ',', hasSeparatorLine: false },
    header: HEADER,
    columns: COLUMNS,
    rows: 0,
    notes: [],
  };
  await expect(readCsvRecords(endless(), 'a.csv', table).next()).rejects.toMatchObject({
    message: expect.stringMatching(/line 2: the row that begins here has no end within 16 MB/),
  });
  expect(taken).toBeLessThan(25);
});
