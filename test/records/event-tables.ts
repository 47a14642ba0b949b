import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';

/** A row of a random table: what is meant, apart from how a file writes it. */
export interface TableRow {
  event: string;
  distinct_id: string;
  /** Epoch milliseconds. */
  time: number;
  amount: number | undefined;
  paid: boolean | undefined;
  code: string | undefined;
  note: string | undefined;
}

const text = fc
  .string({ unit: fc.constantFrom('a', 'Z', 'ö', '€', '"', ',', ';', '\t', '\n', '|', "'", ' ', '7') })
  .map((value) => `x${value}x`);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });

/** Rows with equal ones among them, with times in the seconds before `now`. */
export const tables = (now: number, size: { minLength: number; maxLength: number }) =>
  fc.array(
    fc.record<TableRow>({
      event: fc.constantFrom('Paid', 'Visit'),
      distinct_id: fc.integer({ min: 1, max: 9 }).map(String),
      time: fc.integer({ min: 1, max: 5000 }).map((back) => now - back * 1000),
      amount: optional(fc.integer({ min: -99_999, max: 99_999 }).map((cents) => cents / 100)),
      paid: optional(fc.boolean()),
      code: optional(fc.integer({ min: 0, max: 999 }).map((code) => `0${code}`)),
      note: optional(text),
    }),
    size,
  );

/** How a file writes its times; all of them name the same moment in UTC. */
export const TIME_STYLES: Record<string, (ms: number) => string> = {
  seconds: (ms) => String(ms / 1000),
  milliseconds: (ms) => String(ms),
  microseconds: (ms) => `${ms}000`,
  iso: (ms) => new Date(ms).toISOString(),
  offset: (ms) => new Date(ms + 19_800_000).toISOString().replace('.000Z', '+05:30'),
  sql: (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' '),
};

export interface CsvStyle {
  delimiter: string;
  time: keyof typeof TIME_STYLES;
  lineEnd: string;
}

export const csvStyles: fc.Arbitrary<CsvStyle> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  time: fc.constantFrom(...Object.keys(TIME_STYLES)),
  lineEnd: fc.constantFrom('\n', '\r\n'),
});

/** The table as a spreadsheet writes it: two decimals, decimal commas where the delimiter leaves them free. */
export function toCsvText(rows: readonly TableRow[], { delimiter, time, lineEnd }: CsvStyle): string {
  const sign = delimiter === ';' ? ',' : '.';
  const cells = rows.map((row) => [
    row.event,
    row.distinct_id,
    TIME_STYLES[time]!(row.time),
    row.amount?.toFixed(2).replace('.', sign) ?? '',
    row.paid === undefined ? '' : String(row.paid).toUpperCase(),
    row.code ?? '',
    row.note ?? '',
  ]);
  const header = ['event', 'distinct_id', 'time', 'amount', 'paid', 'code', 'note'];
  return stringify([header, ...cells], { delimiter, record_delimiter: lineEnd, quoted_match: /\n/ });
}

export function toNdjsonText(rows: readonly TableRow[], time: keyof typeof TIME_STYLES): string {
  return rows.map((row) => `${JSON.stringify({ ...row, time: TIME_STYLES[time]!(row.time) })}\n`).join('');
}

/** A row as its event must arrive. */
export function propertiesOf({ event, ...row }: TableRow): Record<string, unknown> {
  const present = Object.entries(row).filter(([, value]) => value !== undefined);
  return { event, ...Object.fromEntries(present), time: row.time / 1000 };
}
