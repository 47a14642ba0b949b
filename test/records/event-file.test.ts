import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { PluginError } from '../../src/errors.js';
import { type EventFileOptions, openEventFile } from '../../src/records/event-file.js';

/** The properties of every event of a file, and the faults of the records that are none, by line. */
async function readFile(name: string, content: string | Buffer, options: EventFileOptions = {}, chunk = 7) {
  const bytes = Buffer.from(content);
  const source = {
    name,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
  };
  const file = await openEventFile(source, options);
  const events: Record<string, unknown>[] = [];
  const problems: string[] = [];
  for await (const { line, event, problems: found } of file.events()) {
    if (event) events.push({ event: event.event, ...event.properties });
    problems.push(...found.map(({ message }) => `${line}: ${message}`));
  }
  return { events, problems, notes: file.notes, table: file.table };
}

async function faultOf(content: string, name = 'f.csv'): Promise<string> {
  const error = await readFile(name, content).catch((thrown: unknown) => thrown);
  if (!PluginError.is(error)) throw new Error('It was read without a fault');
  expect(error.code).toBe('INVALID_INPUT');
  return error.message;
}

describe('JSON is read', () => {
  const first = { event: 'A', distinct_id: 'u', note: 'a } , [ "quoted\\" ü' };
  const second = { event: 'B', distinct_id: 'v', nested: { list: [1, { a: 2 }] } };
  const both = [first, second];
  test.each([
    ['a record a line', both.map((each) => JSON.stringify(each)).join('\n')],
    ['with CRLF and empty lines', `\r\n${both.map((each) => JSON.stringify(each)).join('\r\n\r\n')}\r\n`],
    ['with a comma behind each line', both.map((each) => `${JSON.stringify(each)},`).join('\n')],
    ['an array on one line', JSON.stringify(both)],
    ['an array with a record a line', `[\n${both.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`],
    ['an array, pretty printed', JSON.stringify(both, null, 2)],
    ['records, pretty printed', both.map((each) => JSON.stringify(each, null, 2)).join('\n')],
    ['with a byte-order mark', `\ufeff${both.map((each) => JSON.stringify(each)).join('\n')}`],
    ['in UTF-16', iconv.encode(JSON.stringify(both), 'utf-16le', { addBOM: true })],
    ['in UTF-16 without a mark', iconv.encode(JSON.stringify(both), 'utf-16be')],
  ])('%s', async (_, content) => {
    for (const chunk of [1, 5, 10_000]) {
      expect((await readFile('f.json', content, {}, chunk)).events).toEqual(both);
    }
  });

  test('with a broken line as a record with a fault', async () => {
    const { events, problems } = await readFile('f.ndjson', '{"event":"A"}\n{"event":"B\n{"event":"C"}\n');
    expect(events.map(({ event }) => event)).toEqual(['A', 'C']);
    expect(problems).toEqual(['2: is not valid JSON.']);
  });

  test('to the record that breaks an array', async () => {
    expect(await faultOf('[\n{"event":"A"},\n{"event" "B"}\n]', 'f.json')).toMatch(
      /begins on line 3 .*column 10/,
    );
    expect(await faultOf('[{"event":"A"},', 'f.json')).toMatch(/array is not closed/);
    expect(await faultOf('{\n"event":"A"', 'f.json')).toMatch(/begins on line 1 has no end/);
  });
});

describe('CSV is read', () => {
  test.each([
    ['with commas', 'event,plan,amount\nA,x,1.5\n'],
    ['with semicolons and decimal commas', 'event;plan;amount\nA;x;1,5\n'],
    ['with tabs', 'event\tplan\tamount\r\nA\tx\t1.5'],
    ['with a separator line', 'sep=|\nevent|plan|amount\nA|x|1.5\n'],
    ['with mixed line ends', 'event,plan,amount\r\n\nA,x,1.5\r\n'],
    ['with a byte-order mark', '\ufeffevent,plan,amount\nA,x,1.5\n'],
    ['with spaces around the names', 'event , plan, amount\nA,x,1.5\n'],
    ['with empty rows and cells beyond the header', ',,\nevent,plan,amount,\n,,\nA,x,1.5,\n'],
    ['in UTF-16', iconv.encode('event\tplan\tamount\nA\tx\t1.5\n', 'utf-16le', { addBOM: true })],
  ])('%s', async (_, content) => {
    for (const chunk of [1, 3, 10_000]) {
      const { events } = await readFile('f.csv', content, {}, chunk);
      expect(events).toEqual([{ event: 'A', plan: 'x', amount: 1.5 }]);
    }
  });

  test('in Windows-1252 if it is no UTF-8, and says so', async () => {
    const { events, notes } = await readFile(
      'f.csv',
      iconv.encode('event,city\nA,Malmö €\n', 'windows-1252'),
    );
    expect(events).toEqual([{ event: 'A', city: 'Malmö €' }]);
    expect(notes).toEqual([expect.stringContaining('windows-1252')]);
  });

  test('in the encoding that is named', async () => {
    const bytes = iconv.encode('event,city\nA,Łódź\n', 'windows-1250');
    expect((await readFile('f.csv', bytes, { encoding: 'windows-1250' })).events).toEqual([
      { event: 'A', city: 'Łódź' },
    ]);
  });

  test.each<[string, string[], unknown[]]>([
    ['numbers', ['19.99', '19.90', '100.00', '5', '-.5', '0'], [19.99, 19.9, 100, 5, -0.5, 0]],
    ['booleans in any case', ['true', 'FALSE', 'True'], [true, false, true]],
    ['JSON', ['[1]', '{"a":"b"}'], [[1], { a: 'b' }]],
    ['text, if one cell is no number', ['1', 'n/a'], ['1', 'n/a']],
    ['text, if leading zeros would be lost', ['12', '007'], ['12', '007']],
    ['text, if digits would be lost', ['1', '9007199254740993'], ['1', '9007199254740993']],
    ['text, if it is written with an exponent', ['1', '1e3'], ['1', '1e3']],
    ['text, if it is a mixture', ['1', 'true'], ['1', 'true']],
  ])('a column has one type: %s', async (_, cells, expected) => {
    const rows = cells.map((cell) => `A,"${cell.replaceAll('"', '""')}"\n`).join('');
    const { events } = await readFile('f.csv', `event,value\n${rows}`);
    expect(events.map(({ value }) => value)).toEqual(expected);
  });

  test('with the thousands of a file with decimal commas, and says so', async () => {
    const { events, notes } = await readFile('f.csv', 'event;a;b\nA;1.234,5;1.234\nA;2,5;\n');
    expect(events).toEqual([
      { event: 'A', a: 1234.5, b: 1234 },
      { event: 'A', a: 2.5 },
    ]);
    expect(notes.join()).toMatch(/points in column b are taken as thousands/);
  });

  test('with a type that is named, ids as text, and nested columns', async () => {
    const content = 'event,distinct_id,plan,properties.level,properties\nA,7,1,3,"{""x"":[1]}"\n';
    const { events } = await readFile('f.csv', content, { types: { plan: 'text' } });
    expect(events).toEqual([{ event: 'A', distinct_id: '7', plan: '1', level: 3, x: [1] }]);
  });

  test('with a cell that is not of its named type as a fault of its record', async () => {
    const { problems } = await readFile('f.csv', 'event,n\nA,1\nA,x\n', { types: { n: 'number' } });
    expect(problems).toEqual(['3: column n is to be number, and the cell is not.']);
  });
});

describe('a CSV file that cannot be read is refused with line and reason', () => {
  test.each([
    ['a cell too many', 'event,a\nA,1\nA,1,2\n', /line 3: the header has 2 columns, the row has 3/],
    ['a cell too few', 'event,a\nA,"x\ny"\nA\n', /line 4: the header has 2 columns, the row has 1/],
    ['many uneven rows', `event,a\n${'A,1,2\n'.repeat(9)}`, /lines 2, 3, 4 and 6 more: /],
    ['an inch sign', 'event,a\nA,1\nA,5" screen\n', /line 3, column 2: a quote stands within a cell/],
    ['text behind a quote', 'event,a\nA,"5" screen\n', /line 2, column 2: text follows a closing quote/],
    ['an open quote', 'event,a\nA,1\nA,"open\n', /line 3: a quote is opened and never closed/],
    ['two columns of one name', 'event,a, a\nA,1,2\n', /two columns are named "a"/],
    ['a column without a name', 'event,,a\nA,1,2\n', /column 2 has no name/],
    ['nothing', '\n\n', /is empty/],
  ])('%s', async (_, content, message) => {
    expect(await faultOf(content)).toMatch(message);
  });

  test('an unknown column in an option, with the nearest name', async () => {
    const reading = readFile('f.csv', 'event,user_id\nA,1\n', { map: { distinct_id: 'usr_id' } });
    await expect(reading).rejects.toThrow(/no column "usr_id" .* Did you mean user_id\?/);
  });
});
