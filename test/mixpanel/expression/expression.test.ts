import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doubtsAbout,
  type Expression,
  ExpressionError,
  normalizeOperators,
  parseExpression,
  printExpression,
} from '../../../src/mixpanel/expression/index.js';

/** Text and the same text in canonical form, parentheses and all. */
const VALID: [text: string, canonical: string][] = [
  // Mixpanel's own examples.
  ['properties["account_id"] in [1,2,3,4]', 'properties["account_id"] in [1, 2, 3, 4]'],
  ['user["$email"] == "someone@example.com"', 'user["$email"] == "someone@example.com"'],
  ['defined(properties["p"])', 'defined(properties["p"])'],
  ['not defined(properties["p"])', 'not defined(properties["p"])'],
  ['event["$time"] >= datetime("2026-01-01T00:00:00")', 'event["$time"] >= datetime("2026-01-01T00:00:00")'],
  ['properties["$time"]>=datetime(1700000000)', 'properties["$time"] >= datetime(1700000000)'],
  ['any(X, properties["k"], X="v")', 'any(X, properties["k"], X == "v")'],
  [
    'string(properties["x"], "undefined") == "undefined"',
    'string(properties["x"], "undefined") == "undefined"',
  ],
  ['has_prefix(string(user["d"]), "2016")', 'has_prefix(string(user["d"]), "2016")'],
  ['(behaviors["x"] > 0)', 'behaviors["x"] > 0'],
  [
    'properties["plan"] == "Premium" && properties["country"] == "US"',
    'properties["plan"] == "Premium" and properties["country"] == "US"',
  ],
  // Spelling.
  [
    'properties["a"] AND NOT properties["b"] OR "x" IN properties["c"]',
    'properties["a"] and not properties["b"] or "x" in properties["c"]',
  ],
  ['!properties["a"] || !(properties["b"])', 'not properties["a"] or not properties["b"]'],
  ['true == FALSE', 'true == false'],
  ['"say \\"hi\\" \\\\ && || !"', '"say \\"hi\\" \\\\ && || !"'],
  ['properties["a\\"b"]', 'properties["a\\"b"]'],
  ['properties["line\u2028end"] == "\n"', 'properties["line\u2028end"] == "\n"'],
  ['.5 + 1. + 1e3', '0.5 + 1 + 1000'],
  // What binds how tightly.
  ['1 + 2 * 3', '1 + 2 * 3'],
  ['(1 + 2) * 3', '(1 + 2) * 3'],
  ['1 - (2 - 3)', '1 - (2 - 3)'],
  ['(1 - 2) - 3', '1 - 2 - 3'],
  ['not (properties["a"] == 1)', 'not properties["a"] == 1'],
  ['(not properties["a"]) == 1', '(not properties["a"]) == 1'],
  ['not "x" in properties["p"]', 'not "x" in properties["p"]'],
  [
    '(properties["a"] or properties["b"]) and properties["c"]',
    '(properties["a"] or properties["b"]) and properties["c"]',
  ],
  ['-properties["a"] * -2', '-properties["a"] * -2'],
  ['-(1 + 2)', '-(1 + 2)'],
  ['floor(properties["a"] / 10) % 3 == 1', 'floor(properties["a"] / 10) % 3 == 1'],
  ['properties["a"] in []', 'properties["a"] in []'],
];

/** Text, the index of what is wrong, and what the message says of it. */
const INVALID: [text: string, offset: number, message: RegExp][] = [
  ['', 0, /is empty.*Expected a property/],
  ['   ', 3, /is empty/],
  ["properties['a'] == 1", 11, /double quotes/],
  ['properties["a"] == “b”', 19, /"“" has no meaning.*double quotes/],
  ['properties["a"] == "b', 19, /no end/],
  ['properties["a"] == "b\\n"', 21, /backslash/],
  ['plan == "Premium"', 0, /bare word "plan".*properties\["plan"\]/],
  ['properties["a"] == Premium', 19, /bare word "Premium".*a text "Premium"/],
  ['$os == "iOS"', 0, /properties\["\$os"\]/],
  ['properties.plan == 1', 10, /"\." has no meaning/],
  ['properties == 1', 11, /after "properties".*\["name"\]/],
  ['properties[plan]', 11, /Found "plan".*in double quotes/],
  ['properties["a"', 14, /end of the expression.*Expected "\]"/],
  ['people["a"] == 1', 0, /"people\[".*user\["…"\]/],
  ['(1 + 2', 6, /Expected "\)" to close the parenthesis/],
  ['1 + 2)', 5, /Found "\)".*operator/],
  ['1 +', 3, /end of the expression/],
  ['1 + * 2', 4, /Found "\*"/],
  ['and 1', 0, /Found "and"/],
  ['1 2', 2, /Found the number 2.*Expected an operator/],
  ['properties["a"] "b"', 16, /Found the text "b"/],
  ['properties["a"] == none', 19, /bare word "none"/],
  ['properties["a"] === 1', 18, /Found "="/],
  ['properties["a"] => 1', 17, /Found ">"/],
  ['properties["a"] <> 1', 17, /Found ">"/],
  ['properties["a"] is 1', 16, /Found "is"/],
  ['"a"["b"]', 3, /Found "\["/],
  ['lower(plan) == "pro"', 6, /bare word "plan"/],
  ['"x" not in properties["a"]', 4, /"not" in front/],
  ['floor()', 0, /floor\(\) with 0 arguments\. Expected 1 argument/],
  ['string()', 0, /0 arguments\. Expected 1 or 2 arguments/],
  ['[1, 2', 5, /to close the list/],
  ['floor(1', 7, /to close floor\(, or ","/],
  ['any(1, properties["a"], true)', 4, /name for the list's element/],
  ['any(x, properties["a"])', 22, /Expected "," after the list/],
  ['any(x, properties["a"], x == 1) and x', 36, /bare word "x"/],
  ['properties["a"] & properties["b"]', 16, /Write "and"/],
  ['properties["a"] | properties["b"]', 16, /Write "or"/],
  ['properties["😀"] == 😀', 20, /"😀" has no meaning/],
];

/** Text, and what Mixpanel does not document of it. */
const UNDOCUMENTED: [text: string, doubts: string[]][] = [
  ['properties["plan"] == "Pro"', []],
  ['any(X, properties["k"], X="v")', []],
  ['properties["plan"] = "Pro"', ['a single "=" (documented is "==")']],
  ['if(properties["x"], "yes", "no") == "yes"', ['if()']],
  ['lower(upper(properties["plan"])) == "pro"', ['lower()', 'upper()']],
  ['regex_match(properties["$current_url"], "https://.*/blog/.*")', ['regex_match()']],
  ['all(X, properties["tags"], X == "new")', ['all()']],
  ['any(X, properties["cart"], X["Brand"] == "Puma")', ['members in brackets, such as X["Brand"]']],
  ['LET(x, properties["a"], x > 1 and x < 3)', ['LET()']],
  ['string(1, 2, 3) == "1"', ['string() with 3 arguments']],
  [
    'properties["a"] == undefined',
    ['undefined (whether a property is set is asked with defined(properties["name"]))'],
  ],
];

const NORMALIZED: [text: string, sent: string][] = [
  ['properties["a"]  ==   1', 'properties["a"]  ==   1'],
  ['properties["a"] && properties["b"]', 'properties["a"] and properties["b"]'],
  ['properties["a"]&&properties["b"]||true', 'properties["a"] and properties["b"] or true'],
  ['!properties["a"]', 'not properties["a"]'],
  ['!(true)', 'not(true)'],
  ['!!true', 'not not true'],
  ['true and!false', 'true and not false'],
  ['! true', 'not true'],
  ['properties["a"] != "&& || !"', 'properties["a"] != "&& || !"'],
  ['properties["&&"] ==\n"\\"!"', 'properties["&&"] ==\n"\\"!"'],
  ['(!true)', '(not true)'],
  ['true&&!!false||!true', 'true and not not false or not true'],
];

describe('an expression', () => {
  it.each(VALID)('is understood: %s', (text, canonical) => {
    expect(printExpression(parseExpression(text))).toBe(canonical);
    expect(parseExpression(canonical)).toEqual(parseExpression(text));
  });

  it.each(['', '["a"]'])('in an error does not repeat a word without end before %j', (after) => {
    const attempt = () => parseExpression(`${'x'.repeat(1_000_000)}${after}`);
    expect(attempt).toThrow(/"x{60}…/);
    expect(attempt).not.toThrow(/x{61}/);
  });

  it('becomes a tree that names its parts', () => {
    expect(parseExpression('not "x" in user["tags"] and properties["n"] > -1')).toEqual({
      kind: 'binary',
      operator: 'and',
      left: {
        kind: 'unary',
        operator: 'not',
        operand: {
          kind: 'binary',
          operator: 'in',
          left: { kind: 'literal', value: 'x' },
          right: { kind: 'property', scope: 'user', name: 'tags' },
        },
      },
      right: {
        kind: 'binary',
        operator: '>',
        left: { kind: 'property', scope: 'properties', name: 'n' },
        right: { kind: 'unary', operator: '-', operand: { kind: 'literal', value: 1 } },
      },
    });
  });

  it.each(INVALID)('is refused where it goes wrong: %s', (text, offset, message) => {
    const error = parseErrorOf(text);
    expect(error).toBeInstanceOf(ExpressionError);
    expect(error).toMatchObject({ offset, message: expect.stringMatching(message) });
  });

  it.each(UNDOCUMENTED)(
    'that is not documented is read, and what is doubtful is named: %s',
    (text, doubts) => {
      expect(doubtsAbout(text)).toEqual(doubts);
      expect(normalizeOperators(text)).toBe(text);
    },
  );

  it('is read with any function, any condition on an element and a single "="', () => {
    fc.assert(
      fc.property(expressions, functionNames, functionNames, (inner, name, other) => {
        const text = printExpression(inner);
        for (const written of [
          `${name}(${text})`,
          `${name}(${text}, ${other}(${text}), "x") == 1`,
          `not ${name}() and (${text} = 1)`,
          `if(${text}, ${name}(${text}), "no") == "no"`,
          `any(X, properties["cart"], X["Brand"] = "Puma" and ${name}(X) == ${text})`,
          `all(item, properties["tags"], item == ${text})`,
        ]) {
          expect(normalizeOperators(written)).toBe(written);
        }
      }),
    );
  });

  it('is refused with brackets that do not match, bare words and operators of other languages', () => {
    fc.assert(
      fc.property(expressions, (inner) => {
        const text = printExpression(inner);
        for (const written of [
          `(${text}`,
          `${text})`,
          `lower(${text}`,
          `[${text}`,
          `properties["a" == ${text}`,
          `${text} ==`,
          `${text} and`,
          `or ${text}`,
          `${text} "x"`,
          `${text} == plan`,
          `${text} == 'plan'`,
          `${text} === 1`,
          `${text} <> 1`,
          `${text} like "x%"`,
          `${text} is 1`,
          `"x" not in ${text}`,
          `${text} ? 1 : 2`,
          `{"where": ${text}}`,
          `${text};`,
        ]) {
          expect(parseErrorOf(written), written).toBeInstanceOf(ExpressionError);
        }
      }),
    );
  });

  it('is refused when nested deeper than anybody writes', () => {
    expect(parseErrorOf('('.repeat(100_000))).toMatchObject({
      offset: 200,
      message: expect.stringMatching(/200 levels/),
    });
  });

  it('is read and printed however long its chain of operators is', () => {
    const text = ['properties["a"] == 1', ...Array.from({ length: 20_000 }, () => '1 == 1')].join(' or ');
    expect(printExpression(parseExpression(text))).toBe(text);
    expect(printExpression(parseExpression(`-${Array(20_000).fill('1').join(' - ')}`))).toHaveLength(
      80_000 - 2,
    );
  });

  it.each([
    ['parentheses', '('.repeat(100_000)],
    ['signs', '-'.repeat(100_000)],
    ['negations', 'not '.repeat(100_000)],
    ['lists', '['.repeat(100_000)],
    ['calls', 'lower('.repeat(100_000)],
    ['bindings', 'any(x, '.repeat(100_000)],
    ['members', `properties["a"]${'["b"]'.repeat(100_000)}`],
    ['properties within members', 'properties["a"]['.repeat(100_000)],
  ])('is refused when its %s are nested deeper than anybody writes', (_name, text) => {
    expect(parseErrorOf(text)).toMatchObject({ message: expect.stringMatching(/200 levels/) });
  });

  it('comes back from its printed form, whatever it is', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(parseExpression(printExpression(expression))).toEqual(expression);
      }),
    );
  });

  it('is never answered with anything but a tree or an ExpressionError', () => {
    const pieces = fc.constantFrom(
      'properties',
      '["a"]',
      '[',
      ']',
      '(',
      ')',
      '"',
      "'",
      '\\',
      '!',
      '&&',
      '=',
      '==',
      ' and ',
      ' not ',
      'any(x,',
      '1',
      '.',
      '-',
      ',',
      '€',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (words) => {
        const text = words.join('');
        const error = parseErrorOf(text);
        if (error === undefined) return;
        expect(error).toBeInstanceOf(ExpressionError);
        expect((error as ExpressionError).offset).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('the text sent to Mixpanel', () => {
  it.each(NORMALIZED)('keeps everything but foreign operators: %s', (text, sent) => {
    expect(normalizeOperators(text)).toBe(sent);
    expect(parseExpression(sent)).toEqual(parseExpression(text));
  });

  it('is made in one pass, however many operators there are', () => {
    const terms = Array.from({ length: 100_000 }, () => 'properties["a"] == 1');
    expect(normalizeOperators(terms.join('&&'))).toBe(terms.join(' and '));
  });

  it('is not made from a text that is no expression', () => {
    expect(() => normalizeOperators('a && b')).toThrow(ExpressionError);
  });
});

function parseErrorOf(text: string): unknown {
  try {
    parseExpression(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Names of functions nobody here knows; the language's own words are none. */
const functionNames = fc
  .stringMatching(/^[a-z_][a-z0-9_]{0,12}$/)
  .filter(
    (name) =>
      !/^(and|or|not|in|any|all|true|false|null|undefined|properties|user|event|behaviors)$/.test(name) &&
      ![
        'boolean',
        'number',
        'string',
        'floor',
        'round',
        'ceil',
        'defined',
        'datetime',
        'has_prefix',
      ].includes(name),
  );

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.oneof(fc.string(), fc.boolean(), fc.nat()).map((value) => ({ kind: 'literal' as const, value })),
  fc
    .tuple(
      fc.constantFrom('properties' as const, 'user' as const, 'event' as const, 'behaviors' as const),
      fc.string(),
    )
    .map(([scope, name]) => ({ kind: 'property' as const, scope, name })),
);

const { expression: expressions } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc
      .tuple(
        fc.constantFrom('or', 'and', '==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%'),
        tie('expression'),
        tie('expression'),
      )
      .map(([operator, left, right]) => ({ kind: 'binary', operator, left, right }) as Expression),
    fc
      .tuple(fc.constantFrom('-' as const, 'not' as const), tie('expression'))
      .map(([operator, operand]) => ({ kind: 'unary' as const, operator, operand })),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => ({ kind: 'list' as const, items })),
    tie('expression').map((given) => ({
      kind: 'call' as const,
      function: 'floor',
      arguments: [given],
    })),
    fc
      .tuple(fc.constantFrom('any', 'all'), tie('expression'), tie('expression'))
      .map(([name, list, condition]) => ({
        kind: 'binding' as const,
        function: name,
        variable: 'X',
        arguments: [list, condition],
      })),
  ),
}));
