import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventContent } from '../../src/records/event-content.js';
import { openEventFile } from '../../src/records/event-file.js';
import { SEEDS } from '../seeds.js';
import { csvStyles, propertiesOf, TIME_STYLES, tables, toCsvText, toNdjsonText } from './event-tables.js';

const NOW = Date.UTC(2025, 10, 4, 12);

async function read(name: string, text: string, chunkBytes: number) {
  const bytes = Buffer.from(text);
  const file = await openEventFile({
    name,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  });
  const events = [];
  for await (const { event, problems } of file.events()) {
    expect(problems).toEqual([]);
    events.push(event!);
  }
  return events;
}

test('a random table means the same as CSV of any style and as NDJSON, with the same ids', async () => {
  await fc.assert(
    fc.asyncProperty(
      tables(NOW, { minLength: 1, maxLength: 30 }),
      csvStyles,
      fc.constantFrom(...Object.keys(TIME_STYLES)),
      fc.integer({ min: 1, max: 200 }),
      async (rows, style, time, chunkBytes) => {
        const fromCsv = await read('table.csv', toCsvText(rows, style), chunkBytes);
        const fromJson = await read('table.ndjson', toNdjsonText(rows, time), chunkBytes);
        expect(fromCsv.map(({ event, properties }) => ({ event, ...properties }))).toEqual(
          rows.map(propertiesOf),
        );
        expect(fromJson.map(({ event, properties }) => ({ event, ...properties }))).toEqual(
          rows.map(propertiesOf),
        );
        expect(fromCsv.map(eventContent)).toEqual(fromJson.map(eventContent));
      },
    ),
    { numRuns: SEEDS },
  );
});
