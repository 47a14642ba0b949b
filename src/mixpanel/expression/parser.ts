import { ExpressionError } from './expression-error.js';
import {
  type BinaryOperator,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  MINUS_PRECEDENCE,
  NOT_PRECEDENCE,
  PRECEDENCE,
  QUANTIFIERS,
  SCOPES,
  type Scope,
} from './syntax.js';
import { describeToken, quoteString, type Token, tokenize, truncate } from './tokenizer.js';

/** Deeper nesting is refused before it exhausts the stack; no person writes it. */
const MAX_DEPTH = 200;

/**
 * Parses an expression of Mixpanel's `where` and `on`. `&&`, `||` and `!` are understood as `and`, `or`, `not`.
 * Throws `ExpressionError` for what cannot be one; what is merely not documented is read, see `doubtsAbout`.
 */
export function parseExpression(text: string): Expression {
  return new Parser(tokenize(text)).parse();
}

/**
 * Returns what an expression holds that Mixpanel does not document for filters, each as words such as `lower()`.
 * Throws `ExpressionError` as `parseExpression` does.
 */
export function doubtsAbout(text: string): string[] {
  const parser = new Parser(tokenize(text));
  parser.parse();
  return [...parser.doubts];
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;
  /** Names that calls such as `any` gave to list elements, innermost last. */
  readonly #variables: string[] = [];
  /** What was read though Mixpanel does not document it. */
  readonly doubts = new Set<string>();

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expression {
    const first = this.#next;
    if (first.kind === 'end') {
      throw new ExpressionError(first.start, `The expression is empty. ${EXPECTED_OPERAND}`);
    }
    const expression = this.#parseExpression(0);
    const trailing = this.#next;
    if (trailing.kind !== 'end') throw this.#unexpectedToken(EXPECTED_OPERATOR);
    return expression;
  }

  /** Reads operands joined by operators that bind tighter than `floor`. */
  #parseExpression(minPrecedence: number): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#tooDeep();
    let left = this.#parseMembers(this.#parseOperand());
    for (let operator = this.#peekOperator(); operator; operator = this.#peekOperator()) {
      if (PRECEDENCE[operator] <= minPrecedence) break;
      this.#advance();
      left = { kind: 'binary', operator, left, right: this.#parseExpression(PRECEDENCE[operator]) };
    }
    this.#depth -= 1;
    return left;
  }

  /** The binary operator that comes next, not yet taken. */
  #peekOperator(): BinaryOperator | undefined {
    const token = this.#next;
    const word = operatorOf(token);
    // Mixpanel's example of `any` compares with a single "=", and so do filters written by its staff.
    if (word === '=' && this.#variables.length === 0) this.doubts.add('a single "=" (documented is "==")');
    if (word === 'not' && operatorOf(this.#peek(1)) === 'in') {
      throw new ExpressionError(
        token.start,
        'Found "not in". Put the "not" in front: not "x" in properties["name"].',
      );
    }
    const operator = word === '=' ? '==' : word;
    return operator !== undefined && operator in PRECEDENCE ? (operator as BinaryOperator) : undefined;
  }

  /** Reads the brackets after an operand, each with the name or the place of a member. */
  #parseMembers(of: Expression): Expression {
    let read = of;
    for (let depth = 1; isSymbol(this.#next, '[') && MEMBERED.has(read.kind); depth += 1) {
      if (depth > MAX_DEPTH) throw this.#tooDeep();
      this.#advance();
      const key = this.#parseExpression(0);
      this.#expect(']', 'after the name of the member');
      this.doubts.add('members in brackets, such as X["Brand"]');
      read = { kind: 'member', of: read, key };
    }
    return read;
  }

  #parseOperand(): Expression {
    const token = this.#next;
    switch (token.kind) {
      case 'string':
      case 'number':
        this.#advance();
        return { kind: 'literal', value: token.value };
      case 'name':
        return this.#parseName(token.value);
      case 'symbol':
        return this.#parseSymbol(token.value);
      default:
        throw this.#unexpectedToken(EXPECTED_OPERAND);
    }
  }

  #parseSymbol(symbol: string): Expression {
    switch (symbol) {
      case '(': {
        this.#advance();
        const inner = this.#parseExpression(0);
        this.#expect(')', 'to close the parenthesis');
        return inner;
      }
      case '[':
        this.#advance();
        return { kind: 'list', items: this.#parseItems(']', 'to close the list') };
      case '-':
        this.#advance();
        return { kind: 'unary', operator: '-', operand: this.#parseExpression(MINUS_PRECEDENCE) };
      case '!':
        this.#advance();
        return { kind: 'unary', operator: 'not', operand: this.#parseExpression(NOT_PRECEDENCE) };
      default:
        throw this.#unexpectedToken(EXPECTED_OPERAND);
    }
  }

  #parseName(name: string): Expression {
    const token = this.#next;
    const word = operatorOf(token);
    if (word === 'not') {
      this.#advance();
      return { kind: 'unary', operator: 'not', operand: this.#parseExpression(NOT_PRECEDENCE) };
    }
    if (word !== undefined && word in PRECEDENCE) throw this.#unexpectedToken(EXPECTED_OPERAND);
    if (this.#variables.includes(name)) {
      this.#advance();
      return { kind: 'variable', name };
    }
    if (/^(true|false)$/i.test(name)) {
      this.#advance();
      return { kind: 'literal', value: name.toLowerCase() === 'true' };
    }

    const after = this.#peek(1);
    if (isSymbol(after, '[')) return this.#parseProperty(name);
    if (isSymbol(after, '(')) return this.#parseCall(name);
    if (/^(null|undefined)$/i.test(name)) {
      this.#advance();
      this.doubts.add(`${name} (whether a property is set is asked with defined(properties["name"]))`);
      return { kind: 'literal', value: /^null$/i.test(name) ? null : undefined };
    }
    if (isScope(name)) {
      throw new ExpressionError(
        after.start,
        `Found ${describeToken(after)} after "${name}". Expected ["name"], as in ${name}["plan"].`,
      );
    }
    const shown = truncate(name);
    throw new ExpressionError(
      token.start,
      `Found the bare word "${shown}". A property is written properties["${shown}"], a text ${quoteString(shown)}.`,
    );
  }

  #parseProperty(scope: string): Expression {
    const token = this.#next;
    if (!isScope(scope)) {
      throw new ExpressionError(
        token.start,
        `Found "${truncate(scope)}[". Expected one of ${SCOPES.map((each) => `${each}["…"]`).join(', ')}.`,
      );
    }
    this.#advance();
    this.#advance();
    const name = this.#next;
    if (name.kind !== 'string') {
      throw this.#unexpectedToken(`Expected the property's name in double quotes, as in ${scope}["plan"].`);
    }
    this.#advance();
    this.#expect(']', "after the property's name");
    return { kind: 'property', scope, name: name.value };
  }

  #parseCall(name: string): Expression {
    const start = this.#next.start;
    this.#advance();
    this.#advance();
    const quantifier = QUANTIFIERS.find((each) => each === name.toLowerCase());
    if (quantifier !== 'any' && !isFunctionName(name)) this.doubts.add(`${truncate(name)}()`);
    if (quantifier || this.#startsWithVariable()) return this.#parseBinding(name, quantifier);
    const args = this.#parseItems(')', `to close ${truncate(name)}(`);
    if (isFunctionName(name)) {
      const [min, max] = FUNCTIONS[name];
      if (args.length < min) {
        const expected = min === max ? countArguments(min) : `${min} or ${countArguments(max)}`;
        throw new ExpressionError(
          start,
          `Found ${name}() with ${countArguments(args.length)}. Expected ${expected}.`,
        );
      }
      if (args.length > max) this.doubts.add(`${name}() with ${countArguments(args.length)}`);
    }
    return { kind: 'call', function: name, arguments: args };
  }

  /** Whether an unknown function begins with a name for its other arguments, as `let(x, …)` would. */
  #startsWithVariable(): boolean {
    const token = this.#next;
    return (
      token.kind === 'name' &&
      operatorOf(token) === undefined &&
      !/^(true|false|null|undefined)$/i.test(token.value) &&
      !this.#variables.includes(token.value) &&
      isSymbol(this.#peek(1), ',')
    );
  }

  #parseBinding(name: string, quantifier: (typeof QUANTIFIERS)[number] | undefined): Expression {
    const variable = this.#next;
    if (variable.kind !== 'name') {
      throw this.#unexpectedToken(
        `Expected a name for the list's element, as in ${name}(x, properties["tags"], x == "new").`,
      );
    }
    this.#advance();
    this.#expect(',', "after the element's name");
    this.#variables.push(variable.value);
    const args = quantifier
      ? [this.#parseExpression(0)]
      : this.#parseItems(')', `to close ${truncate(name)}(`);
    if (quantifier) {
      this.#expect(',', 'after the list');
      args.push(this.#parseExpression(0));
      this.#expect(')', `to close ${name}(`);
    }
    this.#variables.pop();
    return { kind: 'binding', function: name, variable: variable.value, arguments: args };
  }

  /** Reads expressions between commas up to `close`. */
  #parseItems(close: ')' | ']', why: string): Expression[] {
    const items: Expression[] = [];
    if (isSymbol(this.#next, close)) {
      this.#advance();
      return items;
    }
    for (;;) {
      items.push(this.#parseExpression(0));
      if (!isSymbol(this.#next, ',')) break;
      this.#advance();
    }
    this.#expect(close, `${why}, or ","`);
    return items;
  }

  #expect(symbol: string, why: string): void {
    if (!isSymbol(this.#next, symbol)) throw this.#unexpectedToken(`Expected "${symbol}" ${why}.`);
    this.#advance();
  }

  #tooDeep(): ExpressionError {
    return new ExpressionError(
      this.#next.start,
      `The expression is nested more than ${MAX_DEPTH} levels deep.`,
    );
  }

  #unexpectedToken(expected: string): ExpressionError {
    return new ExpressionError(this.#next.start, `Found ${describeToken(this.#next)}. ${expected}`);
  }

  get #next(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    // The list ends with an `end` token, which stays the next one for ever.
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)]!;
  }

  #advance(): void {
    this.#position += 1;
  }
}

/** What a name in brackets may follow; a list in brackets stands by itself. */
const MEMBERED: ReadonlySet<Expression['kind']> = new Set([
  'property',
  'variable',
  'call',
  'binding',
  'member',
]);

const EXPECTED_OPERAND = 'Expected a property such as properties["plan"], a value, "not" or "(".';
const EXPECTED_OPERATOR = 'Expected an operator such as "==", "in", "and" or "or", or the end.';

/** The operator a token stands for, by Mixpanel's spelling. */
function operatorOf(token: Token): string | undefined {
  if (token.kind === 'symbol') return OPERATOR_ALIASES[token.value] ?? token.value;
  if (token.kind !== 'name') return undefined;
  return /^(and|or|not|in|AND|OR|NOT|IN)$/.test(token.value) ? token.value.toLowerCase() : undefined;
}

/** Spellings of other languages, with Mixpanel's. */
export const OPERATOR_ALIASES: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' };

function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && token.value === symbol;
}

function isScope(name: string): name is Scope {
  return SCOPES.some((scope) => scope === name);
}

function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

function countArguments(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`;
}
