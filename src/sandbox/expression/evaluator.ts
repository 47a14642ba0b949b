import type { Expression, FunctionName } from '../../mixpanel/expression/index.js';
import { LargeInteger } from '../records/large-integer.js';
import type { Json, JsonObject } from '../records/write.js';

/** What an expression has for a value; `undefined` is a value of its own. */
export type Value = Json | Moment | undefined;

/** What an expression is asked about. */
export interface Subject {
  /** Of the event, or of the profile where profiles are queried. */
  properties: JsonObject;
  /** The user's profile, for `user["…"]`. */
  user?: () => JsonObject | undefined;
  /** The event's name, for `event["$event_name"]`. */
  event?: string;
  /** Counts, for `behaviors["…"]`. */
  behaviors?: Readonly<Record<string, number>>;
}

export type Evaluator = (subject: Subject) => Value;

/** An operation that Mixpanel refuses instead of calling it undefined. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** A point in time, as `datetime` makes it: it compares with numbers of seconds and with dates written as text. */
export class Moment {
  readonly seconds: number;

  constructor(seconds: number) {
    this.seconds = seconds;
  }
}

export interface EvaluationOptions {
  /** The moment, in epoch seconds, that a date-time without a zone means in the project. */
  secondsOf(dateTime: string): number | undefined;
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
export function isTrue(value: Value): boolean {
  return value === true;
}

class Compiler {
  readonly #options: EvaluationOptions;
  readonly #variables = new Map<string, { value: Value }>();

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
        return (subject) => items.map((item) => toJson(item(subject)));
      }
      case 'unary': {
        const operand = this.compile(expression.operand);
        return expression.operator === 'not' ? not(operand) : negate(operand);
      }
      case 'binary': {
        const left = this.compile(expression.left);
        const right = this.compile(expression.right);
        const operate = OPERATIONS[expression.operator];
        return (subject) => {
          const one = left(subject);
          const other = right(subject);
          if (!(one instanceof Moment || other instanceof Moment)) return operate(one, other);
          return operate(this.#inSeconds(one), this.#inSeconds(other));
        };
      }
      case 'call':
        return this.#call(expression.function, expression.arguments);
      case 'any':
        return this.#any(expression);
    }
  }

  /** Beside a moment, a text is a date: `properties["$last_seen"] > datetime("2026-09-01T00:00:00")`. */
  #inSeconds(value: Value): Value {
    if (value instanceof Moment) return value.seconds;
    return typeof value === 'string' ? this.#options.secondsOf(value) : value;
  }

  #call(name: FunctionName, given: readonly Expression[]): Evaluator {
    const [first, second] = given.map((each) => this.compile(each));
    if (!first) return () => undefined;
    switch (name) {
      case 'boolean':
        return (subject) => toBoolean(first(subject));
      case 'number':
        return (subject) => toNumber(first(subject));
      case 'string':
        return (subject) => {
          const text = toText(first(subject));
          return text === undefined ? second?.(subject) : text;
        };
      case 'floor':
        return (subject) => onNumber(first(subject), Math.floor);
      case 'ceil':
        return (subject) => onNumber(first(subject), Math.ceil);
      case 'round':
        return (subject) => onNumber(first(subject), Math.round);
      case 'defined':
        return (subject) => first(subject) !== undefined;
      case 'datetime':
        return (subject) => {
          const value = first(subject);
          const seconds = typeof value === 'string' ? this.#options.secondsOf(value) : numberOf(value);
          return seconds === undefined ? undefined : new Moment(seconds);
        };
      case 'has_prefix':
        return (subject) => {
          const text = first(subject);
          const prefix = second?.(subject);
          return typeof text === 'string' && typeof prefix === 'string' ? text.startsWith(prefix) : undefined;
        };
    }
  }

  #any({ variable, list, condition }: Extract<Expression, { kind: 'any' }>): Evaluator {
    const items = this.compile(list);
    const slot: { value: Value } = { value: undefined };
    const outer = this.#variables.get(variable);
    this.#variables.set(variable, slot);
    const holds = this.compile(condition);
    if (outer) this.#variables.set(variable, outer);
    return (subject) => {
      const found = items(subject);
      if (!Array.isArray(found)) return undefined;
      return found.some((item) => {
        slot.value = item;
        return isTrue(holds(subject));
      });
    };
  }
}

function readProperty(scope: Extract<Expression, { kind: 'property' }>['scope'], name: string): Evaluator {
  switch (scope) {
    case 'user':
      return ({ user }) => own(user?.(), name);
    case 'behaviors':
      return ({ behaviors }) => (behaviors && Object.hasOwn(behaviors, name) ? behaviors[name] : undefined);
    case 'event':
      if (name === '$event_name') return ({ event }) => event;
      return readTimed(name);
    default:
      return readTimed(name);
  }
}

/** `time` is epoch seconds, and goes by `$time` in Mixpanel's examples. */
function readTimed(name: string): Evaluator {
  if (name !== '$time' && name !== 'time') return ({ properties }) => own(properties, name);
  return ({ properties, event }) => {
    const value = own(properties, event === undefined ? name : 'time');
    return event !== undefined && typeof value === 'number' ? Math.floor(value / 1000) : value;
  };
}

function own(properties: JsonObject | undefined, name: string): Value {
  return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

const OPERATIONS: Record<
  Extract<Expression, { kind: 'binary' }>['operator'],
  (left: Value, right: Value) => Value
> = {
  and: (left, right) => both('and', left, right, (one, other) => one && other),
  or: (left, right) => both('or', left, right, (one, other) => one || other),
  '==': isEqual,
  '!=': (left, right) => !isEqual(left, right),
  '<': (left, right) => onNumbers(left, right, (one, other) => one < other),
  '<=': (left, right) => onNumbers(left, right, (one, other) => one <= other),
  '>': (left, right) => onNumbers(left, right, (one, other) => one > other),
  '>=': (left, right) => onNumbers(left, right, (one, other) => one >= other),
  in: isIn,
  '+': (left, right) =>
    typeof left === 'string' && typeof right === 'string'
      ? left + right
      : onNumbers(left, right, (one, other) => one + other),
  '-': (left, right) => onNumbers(left, right, (one, other) => one - other),
  '*': (left, right) => onNumbers(left, right, (one, other) => one * other),
  '/': (left, right) => onNumbers(left, right, (one, other) => (other === 0 ? undefined : one / other)),
  '%': (left, right) => onNumbers(left, right, (one, other) => (other === 0 ? undefined : one % other)),
};

/** Undefined counts as false; anything else but a boolean is an error. */
function both(
  operator: string,
  left: Value,
  right: Value,
  join: (one: boolean, other: boolean) => boolean,
): boolean {
  return join(toOperand(operator, left), toOperand(operator, right));
}

function toOperand(operator: string, value: Value): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw new EvaluationError(`operand of '${operator}' must be a boolean, got ${typeName(value)}`);
}

function not(operand: Evaluator): Evaluator {
  return (subject) => {
    const value = operand(subject);
    if (value === undefined) return true;
    // What `not` does with other types is not documented.
    return typeof value === 'boolean' ? !value : undefined;
  };
}

function negate(operand: Evaluator): Evaluator {
  return (subject) => onNumber(operand(subject), (number) => -number);
}

/** Never an error: values of different types are different. */
function isEqual(left: Value, right: Value): boolean {
  if (left instanceof LargeInteger || right instanceof LargeInteger)
    return numberOf(left) === numberOf(right);
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    return JSON.stringify(left) === JSON.stringify(right);
  }
  return left === right;
}

/** A part of a text, or an element of a list. */
function isIn(left: Value, right: Value): Value {
  if (typeof left === 'string' && typeof right === 'string') return right.includes(left);
  if (Array.isArray(right)) return right.some((item) => isEqual(left, item));
  return undefined;
}

function onNumbers<T extends Value>(
  left: Value,
  right: Value,
  operate: (one: number, other: number) => T,
): T | undefined {
  const one = numberOf(left);
  const other = numberOf(right);
  return one === undefined || other === undefined ? undefined : operate(one, other);
}

function onNumber(value: Value, operate: (number: number) => number): Value {
  const number = numberOf(value);
  return number === undefined ? undefined : operate(number);
}

/** The number a value is; not what it could be cast to. */
export function numberOf(value: Value): number | undefined {
  if (value instanceof Moment) return value.seconds;
  if (value instanceof LargeInteger) return Number(value.digits);
  return typeof value === 'number' ? value : undefined;
}

function toNumber(value: Value): Value {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return numberOf(value);
  const number = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** The cast to boolean is not spelled out: numbers but 0 and texts but the empty one are taken for true. */
function toBoolean(value: Value): Value {
  if (value === undefined || value === null) return value;
  const number = numberOf(value);
  if (number !== undefined) return number !== 0;
  return typeof value === 'string' ? value !== '' : Boolean(value);
}

function toText(value: Value): Value {
  if (value === undefined || value === null || typeof value === 'string') return value;
  if (value instanceof LargeInteger) return value.digits;
  if (value instanceof Moment) return String(value.seconds);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function toJson(value: Value): Json {
  return value instanceof Moment ? value.seconds : (value ?? null);
}

function typeName(value: Value): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
