import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/mixpanel/expression/index.js';
import { compile, EvaluationError, type ExpressionValue } from '../../../src/sandbox/expression/evaluator.js';
import { LargeInteger } from '../../../src/sandbox/records/large-integer.js';
import type { JsonObject } from '../../../src/sandbox/records/write.js';

const properties: JsonObject = {
  n: 7,
  neg: -7,
  half: 2.5,
  zero: 0,
  text: 'Coffee',
  digits: '12.5',
  yes: true,
  no: false,
  nothing: null,
  list: ['a', 1, true],
  empty: '',
  seen: '2026-09-15T08:00:00',
  big: new LargeInteger('9007199254740993'),
};

/** By https://developer.mixpanel.com/reference/segmentation-expressions; `p` stands for `properties`. */
const VALUES: [expression: string, value: ExpressionValue][] = [
  // Types stay apart, and comparing them is never an error.
  ['p["n"] == 7', true],
  ['p["n"] == "7"', false],
  ['p["n"] != "7"', true],
  ['p["yes"] == "true"', false],
  ['p["missing"] == p["missing"]', true],
  ['p["missing"] == "x"', false],
  ['p["missing"] != "x"', true],
  ['p["nothing"] == p["missing"]', false],
  // Order is for numbers.
  ['p["n"] > 6.5', true],
  ['p["n"] <= 7', true],
  ['p["text"] < "D"', undefined],
  ['p["missing"] > 1', undefined],
  ['p["nothing"] < 1', undefined],
  // Arithmetic.
  ['p["n"] + 1', 8],
  ['p["text"] + "!"', 'Coffee!'],
  ['p["text"] + 1', undefined],
  ['p["n"] - p["missing"]', undefined],
  ['p["n"] * 2', 14],
  ['p["n"] / 2', 3.5],
  ['p["n"] / 0', undefined],
  ['p["n"] % 4', 3],
  ['p["neg"] % 4', -3],
  ['-p["n"]', -7],
  ['-p["text"]', undefined],
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  // Casts.
  ['string(p["n"])', '7'],
  ['string(p["yes"])', 'true'],
  ['string(p["nothing"])', null],
  ['string(p["missing"])', undefined],
  ['string(p["missing"], "undefined")', 'undefined'],
  ['number(p["digits"])', 12.5],
  ['number(p["text"])', undefined],
  ['number(p["empty"])', undefined],
  ['number(p["yes"])', 1],
  ['number(p["no"])', 0],
  ['number(p["nothing"])', undefined],
  ['boolean(p["zero"])', false],
  ['boolean(p["text"])', true],
  // Rounding.
  ['floor(p["half"])', 2],
  ['ceil(p["half"])', 3],
  ['round(p["half"])', 3],
  ['floor(p["text"])', undefined],
  // In: part of a text, element of a list.
  ['"off" in p["text"]', true],
  ['"OFF" in p["text"]', false],
  ['p["n"] in p["text"]', undefined],
  ['p["n"] in [1, 7]', true],
  ['"7" in [1, 7]', false],
  ['p["n"] in ["7", 8]', false],
  ['"a" in p["list"]', true],
  ['"1" in p["list"]', false],
  // Logic: undefined counts as false.
  ['p["yes"] and p["missing"]', false],
  ['p["yes"] or p["missing"]', true],
  ['p["missing"] or p["missing"]', false],
  ['not p["missing"]', true],
  ['not p["yes"]', false],
  ['not p["text"]', undefined],
  ['p["no"] and p["no"] or p["yes"]', true],
  // The rest.
  ['defined(p["nothing"])', true],
  ['defined(p["missing"])', false],
  ['not defined(p["missing"])', true],
  ['has_prefix(p["text"], "Cof")', true],
  ['has_prefix(p["n"], "7")', undefined],
  ['any(x, p["list"], x == 1)', true],
  ['any(x, p["list"], x == "b")', false],
  ['any(x, p["text"], x == "C")', undefined],
  ['any(x, p["list"], any(y, p["list"], x == 1 and y == "a"))', true],
  ['datetime("2026-01-01T00:00:00") == 1767225600', true],
  ['datetime(5) + 1', 6],
  ['p["seen"] > datetime("2026-09-01T00:00:00")', true],
  ['datetime("2026-10-01T00:00:00") <= p["seen"]', false],
  ['p["text"] > datetime("2026-09-01T00:00:00")', undefined],
  ['string(datetime(5))', '5'],
  ['p["big"] > 9007199254740000', true],
  ['string(p["big"])', '9007199254740993'],
  ['p["toString"]', undefined],
  ['p["__proto__"]', undefined],
];

const evaluate = (text: string) =>
  compile(parseExpression(text.replaceAll('p[', 'properties[')), {
    parseDateTime: (text) => (/^\d{4}/.test(text) ? Date.parse(`${text}Z`) / 1000 : undefined),
  })({ properties });

describe('an expression', () => {
  it.each(VALUES)('%s is %s', (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  it.each([
    ['p["text"] and p["yes"]', "operand of 'and' must be a boolean, got string"],
    ['p["no"] and p["n"]', "operand of 'and' must be a boolean, got number"],
    ['p["yes"] or p["nothing"]', "operand of 'or' must be a boolean, got null"],
    ['p["list"] or p["yes"]', "operand of 'or' must be a boolean, got list"],
  ])('%s is an error', (text, message) => {
    expect(() => evaluate(text)).toThrow(new EvaluationError(message));
  });
});

it('a chain of operators of any length is evaluated from left to right', () => {
  const evaluate = (text: string) =>
    compile(parseExpression(text), { parseDateTime: () => undefined })({ properties });
  expect(evaluate(Array(20_000).fill('1').join(' + '))).toBe(20_000);
  expect(evaluate(`10 ${'- 1 '.repeat(9)}`)).toBe(1);
  expect(evaluate(`1 == 2 ${'or 1 == 2 '.repeat(10_000)}or 1 == 1`)).toBe(true);
});
