import { type BinaryExpression, type Expression, unchain } from '../../mixpanel/expression/index.js';
import { SECOND_MS } from '../../time/durations.js';
import { LargeInteger } from '../records/large-integer.js';
import type { Json, JsonObject } from '../records/write.js';

/** What an expression has for a value; `undefined` is a value of its own. */
export type ExpressionValue = Json | DateTimeValue | undefined;

/** What an expression is asked about. */
export interface EvaluationContext {
  /** Of the event, or of the profile where profiles are queried. */
  properties: JsonObject;
  /** The user's profile, for `user["…"]`. */
  user?: () => JsonObject | undefined;
  /** The event's name, for `event["$event_name"]`. */
  event?: string;
  /** Counts, for `behaviors["…"]`. */
  behaviors?: Readonly<Record<string, number>>;
}

export type Evaluator = (context: EvaluationContext) => ExpressionValue;

/** An operation that Mixpanel refuses instead of calling it undefined. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** A point in time, as `datetime` makes it: it compares with numbers of seconds and with dates written as text. */
export class DateTimeValue {
  readonly seconds: number;

  constructor(seconds: number) {
    this.seconds = seconds;
  }
}

export interface EvaluationOptions {
  /** The moment, in epoch seconds, that a date-time without a zone means in the project. */
  parseDateTime(dateTime: string): number | undefined;
}

/**
 * Turns an expression into a function, with the semantics of
 * https://developer.mixpanel.com/reference/segmentation-expressions
 * @throws EvaluationError from the function, where `and` or `or` meet what is no boolean.
 */
export function compile(expression: Expression, options: EvaluationOptions): Evaluator {
  return new Compiler(options).compile(expression);
}

/** Whether a filter lets something pass. */
export function isTrue(value: ExpressionValue): boolean {
  return value === true;
}

class Compiler {
  readonly #options: EvaluationOptions;
  readonly #variables = new Map<string, { value: ExpressionValue }>();

  constructor(options: EvaluationOptions) {
    this.#options = options;
  }

  compile(expression: Expression): Evaluator {
    switch (expression.kind) {
      case 'literal': {
        const { value } = expression;
        return () => value;
      }
      case 'property':
        return readProperty(expression.scope, expression.name);
      case 'variable': {
        const slot = this.#variables.get(expression.name);
        return () => slot?.value;
      }
      case 'list': {
        const items = expression.items.map((item) => this.compile(item));
        return (context) => items.map((item) => toJson(item(context)));
      }
      case 'unary': {
        const operand = this.compile(expression.operand);
        return expression.operator === 'not' ? not(operand) : negate(operand);
      }
      case 'binary':
        return this.#chain(expression);
      case 'call':
        return this.#call(expression.function, expression.arguments);
      case 'binding':
        return this.#quantifier(expression);
      case 'member': {
        const of = this.compile(expression.of);
        const key = this.compile(expression.key);
        return (context) => memberOf(of(context), key(context));
      }
    }
  }

  /** Not recursive on the left: a chain of thousands of operators has as many levels there. */
  #chain(expression: BinaryExpression): Evaluator {
    const { first, links } = unchain(expression);
    const start = this.compile(first);
    const steps = links.map(({ operator, right }) => ({
      operate: BINARY_OPERATIONS[operator],
      right: this.compile(right),
    }));
    return (context) => {
      let value = start(context);
      for (const { operate, right } of steps) {
        const other = right(context);
        value =
          value instanceof DateTimeValue || other instanceof DateTimeValue
            ? operate(this.#toSeconds(value), this.#toSeconds(other))
            : operate(value, other);
      }
      return value;
    };
  }

  /** Beside a moment, a text is a date: `properties["$last_seen"] > datetime("2026-09-01T00:00:00")`. */
  #toSeconds(value: ExpressionValue): ExpressionValue {
    if (value instanceof DateTimeValue) return value.seconds;
    return typeof value === 'string' ? this.#options.parseDateTime(value) : value;
  }

  #call(name: string, args: readonly Expression[]): Evaluator {
    const [first, second, third] = args.map((each) => this.compile(each));
    if (!first) return () => undefined;
    // Mixpanel documents those from `if` on for custom properties; that filters take them too is a guess.
    switch (name.toLowerCase()) {
      case 'boolean':
        return (context) => toBoolean(first(context));
      case 'number':
        return (context) => toNumber(first(context));
      case 'string':
        return (context) => {
          const text = toText(first(context));
          return text === undefined ? second?.(context) : text;
        };
      case 'floor':
        return (context) => applyToNumber(first(context), Math.floor);
      case 'ceil':
        return (context) => applyToNumber(first(context), Math.ceil);
      case 'round':
        return (context) => applyToNumber(first(context), Math.round);
      case 'defined':
        return (context) => first(context) !== undefined;
      case 'datetime':
        return (context) => {
          const value = first(context);
          const seconds = typeof value === 'string' ? this.#options.parseDateTime(value) : asNumber(value);
          return seconds === undefined ? undefined : new DateTimeValue(seconds);
        };
      case 'has_prefix':
        return (context) => {
          const text = first(context);
          const prefix = second?.(context);
          return typeof text === 'string' && typeof prefix === 'string' ? text.startsWith(prefix) : undefined;
        };
      case 'has_suffix':
        return (context) => {
          const text = first(context);
          const suffix = second?.(context);
          return typeof text === 'string' && typeof suffix === 'string' ? text.endsWith(suffix) : undefined;
        };
      case 'if':
        return (context) => (isTrue(toBoolean(first(context))) ? second?.(context) : third?.(context));
      case 'lower':
        return (context) => applyToText(first(context), (text) => text.toLowerCase());
      case 'upper':
        return (context) => applyToText(first(context), (text) => text.toUpperCase());
      case 'len':
        return (context) => {
          const value = first(context);
          return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
        };
      default:
        throw new EvaluationError(`unknown function '${name}'`);
    }
  }

  #quantifier({
    function: name,
    variable,
    arguments: args,
  }: Extract<Expression, { kind: 'binding' }>): Evaluator {
    const quantifier = name.toLowerCase();
    const [list, condition] = args;
    if ((quantifier !== 'any' && quantifier !== 'all') || !list || !condition) {
      throw new EvaluationError(`unknown function '${name}'`);
    }
    const items = this.compile(list);
    const slot: { value: ExpressionValue } = { value: undefined };
    const outer = this.#variables.get(variable);
    this.#variables.set(variable, slot);
    const matches = this.compile(condition);
    if (outer) this.#variables.set(variable, outer);
    return (context) => {
      const elements = items(context);
      if (!Array.isArray(elements)) return undefined;
      const test = (item: Json) => {
        slot.value = item;
        return isTrue(matches(context));
      };
      return quantifier === 'any' ? elements.some(test) : elements.every(test);
    };
  }
}

function memberOf(value: ExpressionValue, key: ExpressionValue): ExpressionValue {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  const isPlain = typeof value === 'object' && value !== null && !(value instanceof DateTimeValue);
  return isPlain && !(value instanceof LargeInteger) ? readOwn(value as JsonObject, String(key)) : undefined;
}

function applyToText(value: ExpressionValue, operate: (text: string) => string): ExpressionValue {
  return typeof value === 'string' ? operate(value) : undefined;
}

function readProperty(scope: Extract<Expression, { kind: 'property' }>['scope'], name: string): Evaluator {
  switch (scope) {
    case 'user':
      return ({ user }) => readOwn(user?.(), name);
    case 'behaviors':
      return ({ behaviors }) => (behaviors && Object.hasOwn(behaviors, name) ? behaviors[name] : undefined);
    case 'event':
      if (name === '$event_name') return ({ event }) => event;
      return readPropertyOrTime(name);
    default:
      return readPropertyOrTime(name);
  }
}

/** `time` is epoch seconds, and goes by `$time` in Mixpanel's examples. */
function readPropertyOrTime(name: string): Evaluator {
  if (name !== '$time' && name !== 'time') return ({ properties }) => readOwn(properties, name);
  return ({ properties, event }) => {
    const value = readOwn(properties, event === undefined ? name : 'time');
    return event !== undefined && typeof value === 'number' ? Math.floor(value / SECOND_MS) : value;
  };
}

function readOwn(properties: JsonObject | undefined, name: string): ExpressionValue {
  return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

const BINARY_OPERATIONS: Record<
  Extract<Expression, { kind: 'binary' }>['operator'],
  (left: ExpressionValue, right: ExpressionValue) => ExpressionValue
> = {
  and: (left, right) => combineBooleans('and', left, right, (a, b) => a && b),
  or: (left, right) => combineBooleans('or', left, right, (a, b) => a || b),
  '==': isEqual,
  '!=': (left, right) => !isEqual(left, right),
  '<': (left, right) => applyToNumbers(left, right, (a, b) => a < b),
  '<=': (left, right) => applyToNumbers(left, right, (a, b) => a <= b),
  '>': (left, right) => applyToNumbers(left, right, (a, b) => a > b),
  '>=': (left, right) => applyToNumbers(left, right, (a, b) => a >= b),
  in: isIn,
  '+': (left, right) =>
    typeof left === 'string' && typeof right === 'string'
      ? left + right
      : applyToNumbers(left, right, (a, b) => a + b),
  '-': (left, right) => applyToNumbers(left, right, (a, b) => a - b),
  '*': (left, right) => applyToNumbers(left, right, (a, b) => a * b),
  '/': (left, right) => applyToNumbers(left, right, (a, b) => (b === 0 ? undefined : a / b)),
  '%': (left, right) => applyToNumbers(left, right, (a, b) => (b === 0 ? undefined : a % b)),
};

/** Undefined counts as false; anything else but a boolean is an error. */
function combineBooleans(
  operator: string,
  left: ExpressionValue,
  right: ExpressionValue,
  combine: (a: boolean, b: boolean) => boolean,
): boolean {
  return combine(toOperand(operator, left), toOperand(operator, right));
}

function toOperand(operator: string, value: ExpressionValue): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw new EvaluationError(`operand of '${operator}' must be a boolean, got ${getTypeName(value)}`);
}

function not(operand: Evaluator): Evaluator {
  return (context) => {
    const value = operand(context);
    if (value === undefined) return true;
    // What `not` does with other types is not documented.
    return typeof value === 'boolean' ? !value : undefined;
  };
}

function negate(operand: Evaluator): Evaluator {
  return (context) => applyToNumber(operand(context), (number) => -number);
}

/** Never an error: values of different types are different. */
function isEqual(left: ExpressionValue, right: ExpressionValue): boolean {
  if (left instanceof LargeInteger || right instanceof LargeInteger)
    return asNumber(left) === asNumber(right);
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    return JSON.stringify(left) === JSON.stringify(right);
  }
  return left === right;
}

/** A part of a text, or an element of a list. */
function isIn(left: ExpressionValue, right: ExpressionValue): ExpressionValue {
  if (typeof left === 'string' && typeof right === 'string') return right.includes(left);
  if (Array.isArray(right)) return right.some((item) => isEqual(left, item));
  return undefined;
}

function applyToNumbers<T extends ExpressionValue>(
  left: ExpressionValue,
  right: ExpressionValue,
  operate: (a: number, b: number) => T,
): T | undefined {
  const a = asNumber(left);
  const b = asNumber(right);
  return a === undefined || b === undefined ? undefined : operate(a, b);
}

function applyToNumber(value: ExpressionValue, operate: (number: number) => number): ExpressionValue {
  const number = asNumber(value);
  return number === undefined ? undefined : operate(number);
}

/** The number a value is; not what it could be cast to. */
export function asNumber(value: ExpressionValue): number | undefined {
  if (value instanceof DateTimeValue) return value.seconds;
  if (value instanceof LargeInteger) return Number(value.digits);
  return typeof value === 'number' ? value : undefined;
}

function toNumber(value: ExpressionValue): ExpressionValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return asNumber(value);
  const number = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** The cast to boolean is not spelled out: numbers but 0 and texts but the empty one are taken for true. */
function toBoolean(value: ExpressionValue): ExpressionValue {
  if (value === undefined || value === null) return value;
  const number = asNumber(value);
  if (number !== undefined) return number !== 0;
  return typeof value === 'string' ? value !== '' : Boolean(value);
}

function toText(value: ExpressionValue): ExpressionValue {
  if (value === undefined || value === null || typeof value === 'string') return value;
  if (value instanceof LargeInteger) return value.digits;
  if (value instanceof DateTimeValue) return String(value.seconds);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function toJson(value: ExpressionValue): Json {
  return value instanceof DateTimeValue ? value.seconds : (value ?? null);
}

function getTypeName(value: ExpressionValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
