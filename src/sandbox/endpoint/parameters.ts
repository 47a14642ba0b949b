import { type Expression, ExpressionError, parseExpression } from '../../mixpanel/expression/index.js';
import type { Range, World } from '../data/data-store.js';
import type { SandboxProject } from '../data/dataset/project.js';
import { compile, EvaluationError, type Evaluator } from '../expression/evaluator.js';
import { parseJson } from '../records/json.js';
import { addDays, type Zone } from '../time/zone.js';
import type { Exchange } from './definition.js';
import { Refusal } from './errors.js';

/**
 * Readers of parameters. The words of the refusals follow the one that is known, `Error in from_date: invalid date,
 * bad year`; Mixpanel documents none of them.
 */

/** The text of a parameter; JSON bodies may give numbers, lists and objects. Absent where it is empty. */
export function textOf({ params }: Exchange, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function requiredText(exchange: Exchange, name: string): string {
  const text = textOf(exchange, name);
  if (text === undefined) throw new Refusal(400, `Missing required parameter: ${name}`);
  return text;
}

/** One of the documented values, or the default; without a default the parameter is required. */
export function choice<T extends string>(
  exchange: Exchange,
  name: string,
  values: readonly T[],
  preset?: T,
): T {
  const text = textOf(exchange, name) ?? preset;
  const found = values.find((value) => value === text);
  if (text === undefined) throw new Refusal(400, `Missing required parameter: ${name}`);
  if (found === undefined) throw refuse(name, `invalid value "${text}", must be one of ${values.join(', ')}`);
  return found;
}

export function integer(
  exchange: Exchange,
  name: string,
  { least = 0, most }: { least?: number; most?: number } = {},
): number | undefined {
  const text = textOf(exchange, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number)) throw refuse(name, `invalid integer "${text}"`);
  if (number < least) throw refuse(name, `must be at least ${least}`);
  if (most !== undefined && number > most) throw refuse(name, `must be at most ${most}`);
  return number;
}

export function flag(exchange: Exchange, name: string, preset: boolean): boolean {
  const text = textOf(exchange, name);
  return text === undefined ? preset : /^(true|1)$/i.test(text);
}

/** A JSON array of texts; other scalars in it become texts. */
export function list(exchange: Exchange, name: string): string[] | undefined {
  const text = textOf(exchange, name);
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) throw refuse(name, 'must be a JSON array');
  return parsed.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
}

export function requiredList(exchange: Exchange, name: string): string[] {
  requiredText(exchange, name);
  return list(exchange, name) ?? [];
}

/** Days, both included. */
export interface Days {
  first: string;
  last: string;
}

/** `from_date` and `to_date`, checked. */
export function days(exchange: Exchange, zone: Zone, now: number): Days {
  const first = day('from_date', requiredText(exchange, 'from_date'));
  const last = day('to_date', requiredText(exchange, 'to_date'));
  if (first > last) throw refuse('from_date', 'from_date cannot be later than to_date');
  if (last > zone.dayOf(now)) throw new Refusal(400, 'to_date cannot be later than today');
  const { historyDays } = projectOf(exchange);
  // Known of the Query API only; what the export says to such dates is not.
  if (
    historyDays !== undefined &&
    exchange.path !== EXPORT_PATH &&
    first < addDays(zone.dayOf(now), -historyDays)
  ) {
    throw new Refusal(403, `Date range exceeds ${historyDays} days into the past`);
  }
  return { first, last };
}

export function rangeOf({ first, last }: Days, zone: Zone): Range {
  return { from: zone.startOf(first), to: zone.startOf(addDays(last, 1)) };
}

const EARLIEST_YEAR = 2000;
const EXPORT_PATH = '/api/2.0/export';

function day(name: string, text: string): string {
  const [, year] = /^(\d{4})-\d{2}-\d{2}$/.exec(text) ?? [];
  if (year === undefined) throw refuse(name, 'invalid date, must be yyyy-mm-dd');
  if (Number(year) < EARLIEST_YEAR) throw refuse(name, 'invalid date, bad year');
  const parsed = new Date(`${text}T00:00:00Z`);
  // The 31st of a shorter month would move on to the next.
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== text) {
    throw refuse(name, 'invalid date, bad day');
  }
  return text;
}

/** An expression parameter, ready to be asked; absent where it is not given. */
export function expression(exchange: Exchange, name: string, zone: Zone): Evaluator | undefined {
  const text = textOf(exchange, name);
  return text === undefined ? undefined : evaluator(name, text, zone);
}

/** An expression, ready to be asked; `name` is the parameter it came in. */
export function evaluator(name: string, text: string, zone: Zone): Evaluator {
  return compile(parse(name, text), { secondsOf: (dateTime) => secondsOf(dateTime, zone) });
}

/** Without a zone of its own, a date-time is read in the project's. */
function secondsOf(dateTime: string, zone: Zone): number | undefined {
  const [, date, time = '00:00:00', utc] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z?))?$/.exec(dateTime) ?? [];
  if (date === undefined) return undefined;
  const local = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(local)) return undefined;
  return (utc ? local : local - zone.offset(local - zone.offset(local))) / 1000;
}

/** By its grammar, Mixpanel's language has no `&&`, `||` and `!`: what would fail there must not pass here. */
function parse(name: string, text: string): Expression {
  const foreign = /&&|\|\||!(?!=)/.exec(
    text.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => '"'.repeat(literal.length)),
  );
  if (foreign) throw refuse(name, `syntax error at character ${foreign.index}: unexpected "${foreign[0]}"`);
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw refuse(name, `syntax error at character ${error.offset}: ${error.message}`);
  }
}

export function projectOf({ project }: Exchange): SandboxProject {
  if (!project) throw new Refusal(400, 'Missing required parameter: project_id');
  return project;
}

export function zoneOf(exchange: Exchange, world: World): Zone {
  return world.zone(projectOf(exchange));
}

export function refuse(name: string, reason: string): Refusal {
  return new Refusal(400, `Error in ${name}: ${reason}`);
}

/** Runs what evaluates an expression; what Mixpanel cannot evaluate is the caller's mistake. */
export function evaluating<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw new Refusal(400, `Error evaluating expression: ${error.message}`);
  }
}
