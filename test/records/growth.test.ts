import { expect, test } from 'vitest';
import { readCell } from '../../src/records/column-types.js';
import { inspectCsv } from '../../src/records/csv-records.js';
import { withoutTrailingZeros } from '../../src/records/decimal-text.js';
import { eventContent } from '../../src/records/event-content.js';
import { readJsonRecords } from '../../src/records/json-records.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

const CHUNK_CHARACTERS = 65_536;

async function* inChunks(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += CHUNK_CHARACTERS) yield text.slice(at, at + CHUNK_CHARACTERS);
}

test.each([
  ['1.50', '1.5'],
  ['2.0', '2'],
  ['0.10', '0.1'],
  ['-0.000', '-0'],
  ['100', '100'],
  ['1.001', '1.001'],
])('%s without the zeros that end its fraction is %s', (decimal, expected) => {
  expect(withoutTrailingZeros(decimal)).toBe(expected);
});

test.each<[string, (size: number) => unknown]>([
  [
    'the content of an event',
    (size) => eventContent({ event: 'a', properties: { number: `0.${'0'.repeat(size)}1` } }),
  ],
  ['a cell', (size) => readCell(`0.${'0'.repeat(size)}1`, 'number', '.')],
])('%s with many zeros is read in one pass', async (_name, work) => {
  expect(await growthFactor(work, 10_000)).toBeLessThan(LINEAR_FACTOR);
});

test('a JSON file of a single line is looked at once', async () => {
  const read = async (size: number) => {
    let records = 0;
    for await (const _ of readJsonRecords(inChunks(`[${'{"a":1},'.repeat(size)}{"a":1}]`), 'file.json'))
      records += 1;
    expect(records).toBe(size + 1);
  };
  expect(await growthFactor(read, 5000)).toBeLessThan(LINEAR_FACTOR);
});

test('a row of a CSV file without an end is given up, with the likely cause', async () => {
  const endless = async function* () {
    yield 'a,b\n1,"';
    for (;;) yield 'x'.repeat(1_000_000);
  };
  await expect(inspectCsv(endless, 'file.csv', { delimiter: ',' })).rejects.toThrow(
    'line 2: the row that begins here has no end within 16 MB. Most often a quote is opened and never closed.',
  );
});
