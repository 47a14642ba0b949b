import type { DataStore, TimeRange } from '../data/data-store.js';
import { getEventTime } from '../data/dataset/day-events.js';
import type { StoredEvent } from '../records/write.js';
import type { DateBuckets } from './buckets.js';

/** When one user was first counted, and when the user came back, in order of time. */
export interface Visits {
  births: number[];
  returns: number[];
  /** The segment of the user, by the first birth. */
  segment: string;
}

export interface VisitQuery {
  isBirth(event: StoredEvent): boolean;
  isReturn(event: StoredEvent): boolean;
  /** By default there is one segment, `''`. */
  segmentOf?(event: StoredEvent): string;
}

export interface RetentionQuery extends DateBuckets {
  /** With `birth` only the very first time counts, with `compounded` every bucket in which it happened. */
  type: 'birth' | 'compounded';
  /** When the births must lie. */
  range: TimeRange;
  periodMs: number;
  periods: number;
  /** Whether a later return counts for every period before it. */
  unbounded: boolean;
}

/** The users of one bucket, and how many of them came back in each period. */
export interface RetentionRow {
  first: number;
  counts: number[];
}

/** Returns the visits of each user in a project, over all time. */
export function collectVisits(
  projectId: string,
  store: DataStore,
  { isBirth, isReturn, segmentOf = () => '' }: VisitQuery,
): Map<string, Visits> {
  const visits = new Map<string, Visits>();
  for (const event of store.events(projectId, { from: 0, to: store.now() + 1 })) {
    const isFirst = isBirth(event);
    const isLater = isReturn(event);
    if (!isFirst && !isLater) continue;
    const user = String(event.properties.distinct_id);
    const existing = visits.get(user) ?? { births: [], returns: [], segment: '' };
    visits.set(user, existing);
    if (isFirst && existing.births.length === 0) existing.segment = segmentOf(event);
    if (isFirst) existing.births.push(getEventTime(event));
    if (isLater) existing.returns.push(getEventTime(event));
  }
  return visits;
}

/** Returns a row for every bucket, by its date. */
export function createRetentionTable(
  visits: Iterable<Visits>,
  { type, range, dates, dateOf, periodMs, periods, unbounded }: RetentionQuery,
): Map<string, RetentionRow> {
  const table = new Map(
    dates.map((date): [string, RetentionRow] => [date, { counts: Array<number>(periods).fill(0), first: 0 }]),
  );
  for (const { births, returns } of visits) {
    for (const birth of type === 'birth' ? births.slice(0, 1) : firstInEachBucket(births, dateOf)) {
      const row = birth >= range.from && birth < range.to ? table.get(dateOf(birth)) : undefined;
      if (!row) continue;
      row.first += 1;
      for (const period of listReachedPeriods(birth, returns, periodMs, periods, unbounded)) {
        row.counts[period] = (row.counts[period] ?? 0) + 1;
      }
    }
  }
  return table;
}

/** Returns the periods after a birth in which the user came back. */
function listReachedPeriods(
  birth: number,
  returns: readonly number[],
  periodMs: number,
  periods: number,
  unbounded: boolean,
): Iterable<number> {
  const reached = new Set<number>();
  for (const at of returns) {
    const period = Math.floor((at - birth) / periodMs);
    if (at <= birth || (!unbounded && period >= periods)) continue;
    for (let each = unbounded ? 0 : period; each <= Math.min(period, periods - 1); each += 1)
      reached.add(each);
  }
  return reached;
}

function firstInEachBucket(times: readonly number[], dateOf: (at: number) => string): number[] {
  const seen = new Set<string>();
  return times.filter((at) => !seen.has(dateOf(at)) && seen.add(dateOf(at)));
}
