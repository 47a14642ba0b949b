import { ExpressionError } from './expression-error.js';
import {
  BINDING,
  type BinaryOperator,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  MINUS_BINDING,
  NOT_BINDING,
  SCOPES,
  type Scope,
} from './syntax.js';
import { describe, quote, shorten, type Token, tokenize } from './tokenizer.js';

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
      throw new ExpressionError(first.start, `The expression is empty. ${OPERAND_EXPECTED}`);
    }
    const expression = this.#expression(0);
    const rest = this.#next;
    if (rest.kind !== 'end') throw this.#unexpected(AFTER_OPERAND);
    return expression;
  }

  /** Reads operands joined by operators that bind tighter than `floor`. */
  #expression(floor: number): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new ExpressionError(
        this.#next.start,
        `The expression is nested more than ${MAX_DEPTH} levels deep.`,
      );
    }
    let left = this.#operand();
    for (let operator = this.#operator(); operator; operator = this.#operator()) {
      if (BINDING[operator] <= floor) break;
      this.#advance();
      left = { kind: 'binary', operator, left, right: this.#expression(BINDING[operator]) };
    }
    this.#depth -= 1;
    return left;
  }

  /** The binary operator that comes next, not yet taken. */
  #operator(): BinaryOperator | undefined {
    const token = this.#next;
    const word = wordOf(token);
    if (word === '=' && this.#variables.length === 0) {
      throw new ExpressionError(token.start, 'Found a single "=". To compare, use "==".');
    }
    if (word === 'not' && wordOf(this.#peek(1)) === 'in') {
      throw new ExpressionError(
        token.start,
        'Found "not in". Put the "not" in front: not "x" in properties["name"].',
      );
    }
    // Mixpanel's example of `any` compares with a single "=".
    const operator = word === '=' ? '==' : word;
    return operator !== undefined && operator in BINDING ? (operator as BinaryOperator) : undefined;
  }

  #operand(): Expression {
    const token = this.#next;
    switch (token.kind) {
      case 'string':
      case 'number':
        this.#advance();
        return { kind: 'literal', value: token.value };
      case 'name':
        return this.#named(token.value);
      case 'symbol':
        return this.#symbol(token.value);
      default:
        throw this.#unexpected(OPERAND_EXPECTED);
    }
  }

  #symbol(symbol: string): Expression {
    switch (symbol) {
      case '(': {
        this.#advance();
        const inner = this.#expression(0);
        this.#take(')', 'to close the parenthesis');
        return inner;
      }
      case '[':
        this.#advance();
        return { kind: 'list', items: this.#items(']', 'to close the list') };
      case '-':
        this.#advance();
        return { kind: 'unary', operator: '-', operand: this.#expression(MINUS_BINDING) };
      case '!':
        this.#advance();
        return { kind: 'unary', operator: 'not', operand: this.#expression(NOT_BINDING) };
      default:
        throw this.#unexpected(OPERAND_EXPECTED);
    }
  }

  #named(name: string): Expression {
    const token = this.#next;
    const word = wordOf(token);
    if (word === 'not') {
      this.#advance();
      return { kind: 'unary', operator: 'not', operand: this.#expression(NOT_BINDING) };
    }
    if (word !== undefined && word in BINDING) throw this.#unexpected(OPERAND_EXPECTED);
    if (this.#variables.includes(name)) {
      this.#advance();
      return { kind: 'variable', name };
    }
    if (/^(true|false)$/i.test(name)) {
      this.#advance();
      return { kind: 'literal', value: name.toLowerCase() === 'true' };
    }

    const after = this.#peek(1);
    if (isSymbol(after, '[')) return this.#property(name);
    if (isSymbol(after, '(')) return this.#call(name);
    if (/^(null|undefined|none)$/i.test(name)) {
      throw new ExpressionError(
        token.start,
        `Found "${name}". To ask whether a property is set, use defined(properties["name"]).`,
      );
    }
    if (isScope(name)) {
      throw new ExpressionError(
        after.start,
        `Found ${describe(after)} after "${name}". Expected ["name"], as in ${name}["plan"].`,
      );
    }
    const shown = shorten(name);
    throw new ExpressionError(
      token.start,
      `Found the bare word "${shown}". A property is written properties["${shown}"], a text ${quote(shown)}.`,
    );
  }

  #property(scope: string): Expression {
    const token = this.#next;
    if (!isScope(scope)) {
      throw new ExpressionError(
        token.start,
        `Found "${shorten(scope)}[". Expected one of ${SCOPES.map((each) => `${each}["…"]`).join(', ')}.`,
      );
    }
    this.#advance();
    this.#advance();
    const name = this.#next;
    if (name.kind !== 'string') {
      throw this.#unexpected(`Expected the property's name in double quotes, as in ${scope}["plan"].`);
    }
    this.#advance();
    this.#take(']', "after the property's name");
    return { kind: 'property', scope, name: name.value };
  }

  #call(name: string): Expression {
    const start = this.#next.start;
    if (name === 'any') return this.#any();
    if (!isFunction(name)) {
      const known = [...Object.keys(FUNCTIONS), 'any'].join(', ');
      throw new ExpressionError(
        start,
        `Found the unknown function "${shorten(name)}". Expected one of ${known}.`,
      );
    }
    this.#advance();
    this.#advance();
    const given = this.#items(')', `to close ${name}(`);
    const [least, most] = FUNCTIONS[name];
    if (given.length < least || given.length > most) {
      const wanted = least === most ? plural(least) : `${least} or ${plural(most)}`;
      throw new ExpressionError(start, `Found ${name}() with ${plural(given.length)}. Expected ${wanted}.`);
    }
    return { kind: 'call', function: name, arguments: given };
  }

  #any(): Expression {
    this.#advance();
    this.#advance();
    const variable = this.#next;
    if (variable.kind !== 'name') {
      throw this.#unexpected(
        'Expected a name for the list\'s element, as in any(x, properties["tags"], x == "new").',
      );
    }
    this.#advance();
    this.#take(',', "after the element's name");
    const list = this.#expression(0);
    this.#take(',', 'after the list');
    this.#variables.push(variable.value);
    const condition = this.#expression(0);
    this.#variables.pop();
    this.#take(')', 'to close any(');
    return { kind: 'any', variable: variable.value, list, condition };
  }

  /** Reads expressions between commas up to `close`. */
  #items(close: ')' | ']', why: string): Expression[] {
    const items: Expression[] = [];
    if (isSymbol(this.#next, close)) {
      this.#advance();
      return items;
    }
    for (;;) {
      items.push(this.#expression(0));
      if (!isSymbol(this.#next, ',')) break;
      this.#advance();
    }
    this.#take(close, `${why}, or ","`);
    return items;
  }

  #take(symbol: string, why: string): void {
    if (!isSymbol(this.#next, symbol)) throw this.#unexpected(`Expected "${symbol}" ${why}.`);
    this.#advance();
  }

  #unexpected(expected: string): ExpressionError {
    return new ExpressionError(this.#next.start, `Found ${describe(this.#next)}. ${expected}`);
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

const OPERAND_EXPECTED = 'Expected a property such as properties["plan"], a value, "not" or "(".';
const AFTER_OPERAND = 'Expected an operator such as "==", "in", "and" or "or", or the end.';

/** The operator a token stands for, by Mixpanel's spelling. */
function wordOf(token: Token): string | undefined {
  if (token.kind === 'symbol') return ALIASES[token.value] ?? token.value;
  if (token.kind !== 'name') return undefined;
  return /^(and|or|not|in|AND|OR|NOT|IN)$/.test(token.value) ? token.value.toLowerCase() : undefined;
}

/** Spellings of other languages, with Mixpanel's. */
export const ALIASES: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' };

function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && token.value === symbol;
}

function isScope(name: string): name is Scope {
  return SCOPES.some((scope) => scope === name);
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

function plural(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`;
}
