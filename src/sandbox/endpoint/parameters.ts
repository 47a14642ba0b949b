import { type Expression, ExpressionError, parseExpression } from '../../mixpanel/expression/index.js';
import { addDays, isDay } from '../../time/day.js';
import { SECOND_MS } from '../../time/durations.js';
import type { Zone } from '../../time/zone.js';
import type { DataStore, TimeRange } from '../data/data-store.js';
import type { SandboxProject } from '../data/dataset/project.js';
import { compile, EvaluationError, type Evaluator } from '../expression/evaluator.js';
import { parseJson } from '../records/json.js';
import type { DateRange } from '../reports/buckets.js';
import type { Calendar } from '../time/calendar.js';
import type { SandboxRequest } from './definition.js';
import { EndpointError } from './errors.js';

/**
 * Readers of parameters. The words of the refusals follow the one that is known, `Error in from_date: invalid date,
 * bad year`; Mixpanel documents none of them.
 */

/** The text of a parameter; JSON bodies may give numbers, lists and objects. Absent where it is empty. */
export function readText({ params }: SandboxRequest, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function requireText(request: SandboxRequest, name: string): string {
  const text = readText(request, name);
  if (text === undefined) throw new EndpointError(400, `Missing required parameter: ${name}`);
  return text;
}

/** One of the documented values, or the default; without a default the parameter is required. */
export function readChoice<T extends string>(
  request: SandboxRequest,
  name: string,
  values: readonly T[],
  fallback?: T,
): T {
  const text = readText(request, name) ?? fallback;
  const found = values.find((value) => value === text);
  if (text === undefined) throw new EndpointError(400, `Missing required parameter: ${name}`);
  if (found === undefined)
    throw invalidParameter(name, `invalid value "${text}", must be one of ${values.join(', ')}`);
  return found;
}

export function readInteger(
  request: SandboxRequest,
  name: string,
  { min = 0, max }: { min?: number; max?: number } = {},
): number | undefined {
  const text = readText(request, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number)) throw invalidParameter(name, `invalid integer "${text}"`);
  if (number < min) throw invalidParameter(name, `must be at least ${min}`);
  if (max !== undefined && number > max) throw invalidParameter(name, `must be at most ${max}`);
  return number;
}

export function readBoolean(request: SandboxRequest, name: string, fallback: boolean): boolean {
  const text = readText(request, name);
  return text === undefined ? fallback : /^(true|1)$/i.test(text);
}

/** A JSON array of texts; other scalars in it become texts. */
export function readList(request: SandboxRequest, name: string): string[] | undefined {
  const text = readText(request, name);
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) throw invalidParameter(name, 'must be a JSON array');
  return parsed.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
}

export function requireList(request: SandboxRequest, name: string): string[] {
  requireText(request, name);
  return readList(request, name) ?? [];
}

/** `from_date` and `to_date`, checked. */
export function readDateRange(request: SandboxRequest, zone: Zone, now: number): DateRange {
  const first = parseDay('from_date', requireText(request, 'from_date'));
  const last = parseDay('to_date', requireText(request, 'to_date'));
  if (first > last) throw invalidParameter('from_date', 'from_date cannot be later than to_date');
  if (last > zone.dayOf(now)) throw new EndpointError(400, 'to_date cannot be later than today');
  const { historyDays } = requireProject(request);
  // Known of the Query API only; what the export says to such dates is not.
  if (
    historyDays !== undefined &&
    request.path !== EXPORT_PATH &&
    first < addDays(zone.dayOf(now), -historyDays)
  ) {
    throw new EndpointError(403, `Date range exceeds ${historyDays} days into the past`);
  }
  return { first, last };
}

export function toTimeRange({ first, last }: DateRange, zone: Zone): TimeRange {
  return { from: zone.startOfDay(first), to: zone.startOfDay(addDays(last, 1)) };
}

const MIN_YEAR = 2000;
const EXPORT_PATH = '/api/2.0/export';

function parseDay(name: string, text: string): string {
  const [, year] = /^(\d{4})-\d{2}-\d{2}$/.exec(text) ?? [];
  if (year === undefined) throw invalidParameter(name, 'invalid date, must be yyyy-mm-dd');
  if (Number(year) < MIN_YEAR) throw invalidParameter(name, 'invalid date, bad year');
  if (!isDay(text)) throw invalidParameter(name, 'invalid date, bad day');
  return text;
}

/** An expression parameter, ready to be asked; absent where it is not given. */
export function readExpression(request: SandboxRequest, name: string, zone: Zone): Evaluator | undefined {
  const text = readText(request, name);
  return text === undefined ? undefined : compileParameter(name, text, zone);
}

/** An expression, ready to be asked; `name` is the parameter it came in. */
export function compileParameter(name: string, text: string, zone: Zone): Evaluator {
  try {
    return compile(parseStrictly(name, text), { parseDateTime: (dateTime) => parseDateTime(dateTime, zone) });
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw invalidParameter(name, error.message);
  }
}

/** Returns epoch seconds, or `undefined` for other texts. A date-time without a zone is read in the project's. */
export function parseDateTime(dateTime: string, zone: Zone): number | undefined {
  const [, date, time = '00:00:00', utc] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z?))?$/.exec(dateTime) ?? [];
  if (date === undefined) return undefined;
  const local = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(local)) return undefined;
  return (utc ? local : zone.fromLocal(local)) / SECOND_MS;
}

/** By its grammar, Mixpanel's language has no `&&`, `||` and `!`: what would fail there must not pass here. */
function parseStrictly(name: string, text: string): Expression {
  const unsupported = /&&|\|\||!(?!=)/.exec(
    // A literal without an end is taken to the end of the text: looking for one from each quote takes too long.
    text.replace(/"(?:[^"\\]|\\.?)*(?:"|$)/g, (literal) => '"'.repeat(literal.length)),
  );
  if (unsupported)
    throw invalidParameter(
      name,
      `syntax error at character ${unsupported.index}: unexpected "${unsupported[0]}"`,
    );
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw invalidParameter(name, `syntax error at character ${error.offset}: ${error.message}`);
  }
}

export function requireProject({ project }: SandboxRequest): SandboxProject {
  if (!project) throw new EndpointError(400, 'Missing required parameter: project_id');
  return project;
}

export function getProjectZone(request: SandboxRequest, store: DataStore): Calendar {
  return store.zone(requireProject(request));
}

export function invalidParameter(name: string, reason: string): EndpointError {
  return new EndpointError(400, `Error in ${name}: ${reason}`);
}

/** Runs what evaluates an expression; what Mixpanel cannot evaluate is the caller's mistake. */
export function withEvaluationErrors<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw new EndpointError(400, `Error evaluating expression: ${error.message}`);
  }
}
