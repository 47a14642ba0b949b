import { ExpressionError } from './expression-error.js';
import {
  type BinaryOperator,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  MINUS_PRECEDENCE,
  NOT_PRECEDENCE,
  PRECEDENCE,
  SCOPES,
  type Scope,
} from './syntax.js';
import { describeToken, quoteString, type Token, tokenize, truncate } from './tokenizer.js';

/** Deeper nesting is refused before it exhausts the stack; no person writes it. */
const MAX_DEPTH = 200;

/**
 * Parses an expression of Mixpanel's `where` and `on`. `&&`, `||` and `!` are understood as `and`, `or`, `not`.
 * @throws ExpressionError
 */
export function parseExpression(text: string): Expression {
  return new Parser(tokenize(text)).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;
  /** Names that `any` gave to list elements, innermost last. */
  readonly #variables: string[] = [];

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
    if (this.#depth > MAX_DEPTH) {
      throw new ExpressionError(
        this.#next.start,
        `The expression is nested more than ${MAX_DEPTH} levels deep.`,
      );
    }
    let left = this.#parseOperand();
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
    if (word === '=' && this.#variables.length === 0) {
      throw new ExpressionError(token.start, 'Found a single "=". To compare, use "==".');
    }
    if (word === 'not' && operatorOf(this.#peek(1)) === 'in') {
      throw new ExpressionError(
        token.start,
        'Found "not in". Put the "not" in front: not "x" in properties["name"].',
      );
    }
    // Mixpanel's example of `any` compares with a single "=".
    const operator = word === '=' ? '==' : word;
    return operator !== undefined && operator in PRECEDENCE ? (operator as BinaryOperator) : undefined;
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
    if (/^(null|undefined|none)$/i.test(name)) {
      throw new ExpressionError(
        token.start,
        `Found "${name}". To ask whether a property is set, use defined(properties["name"]).`,
      );
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
    if (name === 'any') return this.#parseAny();
    if (!isFunctionName(name)) {
      const knownFunctions = [...Object.keys(FUNCTIONS), 'any'].join(', ');
      throw new ExpressionError(
        start,
        `Found the unknown function "${truncate(name)}". Expected one of ${knownFunctions}.`,
      );
    }
    this.#advance();
    this.#advance();
    const args = this.#parseItems(')', `to close ${name}(`);
    const [min, max] = FUNCTIONS[name];
    if (args.length < min || args.length > max) {
      const expected = min === max ? countArguments(min) : `${min} or ${countArguments(max)}`;
      throw new ExpressionError(
        start,
        `Found ${name}() with ${countArguments(args.length)}. Expected ${expected}.`,
      );
    }
    return { kind: 'call', function: name, arguments: args };
  }

  #parseAny(): Expression {
    this.#advance();
    this.#advance();
    const variable = this.#next;
    if (variable.kind !== 'name') {
      throw this.#unexpectedToken(
        'Expected a name for the list\'s element, as in any(x, properties["tags"], x == "new").',
      );
    }
    this.#advance();
    this.#expect(',', "after the element's name");
    const list = this.#parseExpression(0);
    this.#expect(',', 'after the list');
    this.#variables.push(variable.value);
    const condition = this.#parseExpression(0);
    this.#variables.pop();
    this.#expect(')', 'to close any(');
    return { kind: 'any', variable: variable.value, list, condition };
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
