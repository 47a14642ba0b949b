import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KIND, ObjectScanner } from '../../src/json/object-scanner.js';
import { SEEDS } from '../seeds.js';

const names = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'ab',
    'time',
    '$os',
    'é',
    '東京',
    '__proto__',
    'constructor',
    '0',
    '42',
    '1e3',
    '',
  ),
  fc.string({ maxLength: 4, unit: 'binary' }),
);
const value = fc.jsonValue({ maxDepth: 3 });
/** Numbers in every spelling of JSON, and some that are none. */
const number = fc.stringMatching(/^-?\d{0,20}(\.\d{0,6})?([eE][+-]?\d{0,2})?$/);

/** Members as they might be written: compact or not, with escapes, with a name twice. */
const memberText = fc
  .tuple(
    fc.oneof(
      names.map((name) => JSON.stringify(name)),
      fc.constantFrom('"\\u0061"', '"\\/"', 'a', "'a'"),
    ),
    fc.oneof(
      { weight: 4, arbitrary: value.map((each) => JSON.stringify(each)) },
      { weight: 2, arbitrary: number },
      fc.constantFrom('"\\u00e9"', '"\\/"', '"\\x"', '"\\ud800"', '[1, 2]', '{"a":1,"a":2}', '{"2":1,"1":2}'),
      fc.constantFrom(
        '[]',
        '{}',
        '[[]',
        '{"a"}',
        '[1,]',
        'truth',
        'nul',
        '"',
        '"\u0007"',
        '[1.0]',
        '[9007199254740993]',
      ),
    ),
    fc.constantFrom(':', ':', ':', ': ', ' :'),
  )
  .map(([name, text, colon]) => `${name}${colon}${text}`);
const objectText = fc
  .tuple(fc.array(memberText, { maxLength: 6 }), fc.constantFrom(',', ',', ',', ', '))
  .map(([members, comma]) => `{${members.join(comma)}}`);

function scanned(text: string, scanner = new ObjectScanner((all) => all)) {
  const bytes = Buffer.from(`${text}\n`);
  const end = scanner.scan(bytes, 0);
  if (end !== bytes.length - 1) return undefined;
  return scanner.layout!.map((name, index) => ({
    name,
    kind: scanner.kinds[index],
    number: scanner.numbers[index],
    text: bytes.toString('utf8', scanner.starts[index], scanner.ends[index]),
  }));
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

test('what is scanned has the names, the order and the text that JSON.stringify would write', () => {
  const scanner = new ObjectScanner((all) => all);
  let scans = 0;
  fc.assert(
    fc.property(objectText, (text) => {
      const members = scanned(text, scanner);
      if (members === undefined) return;
      scans += 1;
      const object = parsed(text);
      const others = members.filter(({ kind }) => kind === KIND.other);
      // What has yet to be parsed may turn out to be no JSON.
      if (others.every((member) => parsed(`{"a":${member.text}}`) !== undefined))
        expect(object).toBeDefined();
      if (object === undefined) return;
      expect(members.map(({ name }) => name)).toEqual(Object.keys(object));
      for (const { name, kind, number: found, text: written } of members) {
        const own = object[name];
        if (kind !== KIND.other) expect(written).toBe(JSON.stringify(own));
        if (kind === KIND.number) expect(found).toBe(own);
        expect(parsed(`{"a":${written}}`)).toEqual({ a: own });
      }
    }),
    { numRuns: 40 * SEEDS },
  );
  expect(scans).toBeGreaterThan(SEEDS / 5);
});

test('compact JSON with ordinary names is scanned whole', () => {
  const ordinary = fc.dictionary(fc.stringMatching(/^[a-z$é][a-z $é]{0,5}$/), value, {
    minKeys: 1,
    maxKeys: 8,
  });
  fc.assert(
    fc.property(ordinary, (object) => {
      expect(scanned(JSON.stringify(object))).toHaveLength(Object.keys(object).length);
    }),
    { numRuns: 10 * SEEDS },
  );
});

test.each(['{"a":1,"b":2,"a":3}', '{"42":1}', '{"__proto__":1}', '{"\\u0061":1}', '{"a" :1}', '{}'])(
  'leaves %s to the parser, each time',
  (text) => {
    const scanner = new ObjectScanner((all) => all);
    for (let time = 0; time < 3; time += 1) expect(scanned(text, scanner)).toBeUndefined();
  },
);

test.each([
  '{"a":"x',
  '{"a":"\\',
  '{"a":[',
  '{"a":["',
  '{"a":["\\',
  '{"a":{"b":1',
  '{"a"',
  '{"a":1',
  '{"a":-',
  '{',
  '',
])('stays on its line when it ends too early: %s', (text) => {
  const bytes = Buffer.from(`${text}\n"]}"}\n`);
  expect(new ObjectScanner((all) => all).scan(bytes, 0)).toBe(-1);
});

test('goes on when more names have occurred than it remembers', () => {
  const scanner = new ObjectScanner((all) => all);
  for (let index = 0; index < 500; index += 1)
    scanned(`{"name ${'x'.repeat(index % 7)}${index}":1}`, scanner);
  expect(scanned('{"quite new":1}', scanner)).toBeUndefined();
  expect(scanned('{"name 0":1}', scanner)).toHaveLength(1);
});
