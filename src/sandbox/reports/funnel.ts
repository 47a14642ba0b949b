import { SECOND_MS } from '../../time/durations.js';
import type { DataStore, TimeRange } from '../data/data-store.js';
import { getEventTime } from '../data/dataset/day-events.js';
import type { StoredEvent } from '../records/write.js';

export interface FunnelQuery {
  steps: readonly string[];
  /** When the first step must be taken. */
  range: TimeRange;
  /** The time a user has for all steps. */
  windowMs: number;
  /** Returns the bucket of a moment. */
  dateOf(at: number): string;
  /** Returns whether an event counts. By default every event does. */
  where?(event: StoredEvent): boolean;
  /** Returns the segment of a user, by the event of the first step. By default there is one segment, `''`. */
  segmentOf?(event: StoredEvent): string;
}

/** A user's way through the funnel: when each step was taken, as far as the user went. */
export interface FunnelEntry {
  date: string;
  segment: string;
  times: number[];
}

export interface FunnelStep {
  event: string;
  count: number;
  stepConversion: number;
  overallConversion: number;
  /** Average seconds since the step before, and since the first; `undefined` for the first step. */
  avgTime?: number;
  avgTimeFromStart?: number;
}

/** Returns one entry for each user and bucket: it begins with the first time there, and must end within the window. */
export function findFunnelEntries(projectId: string, store: DataStore, query: FunnelQuery): FunnelEntry[] {
  const { steps, range, windowMs, dateOf, where = () => true, segmentOf = () => '' } = query;
  const byUser = new Map<string, StoredEvent[]>();
  // Completions count after the last day too.
  for (const event of store.events(projectId, { from: range.from, to: range.to + windowMs })) {
    if (!steps.includes(event.event) || !where(event)) continue;
    const user = String(event.properties.distinct_id);
    const existing = byUser.get(user);
    if (existing) existing.push(event);
    else byUser.set(user, [event]);
  }

  const entries: FunnelEntry[] = [];
  for (const events of byUser.values()) {
    const dates = new Set<string>();
    for (const [index, first] of events.entries()) {
      const at = getEventTime(first);
      if (first.event !== steps[0] || at >= range.to || dates.has(dateOf(at))) continue;
      dates.add(dateOf(at));
      const times = [at];
      for (const event of events.slice(index + 1)) {
        if (getEventTime(event) > at + windowMs || times.length === steps.length) break;
        if (event.event === steps[times.length]) times.push(getEventTime(event));
      }
      entries.push({ date: dateOf(at), segment: segmentOf(first), times });
    }
  }
  return entries;
}

/** Returns how many users reached each step, and how long they took. */
export function summarizeFunnel(steps: readonly string[], entries: readonly FunnelEntry[]): FunnelStep[] {
  const reached = steps.map((_, index) => entries.filter(({ times }) => times.length > index));
  const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return steps.map((event, index) => {
    const count = reached[index]?.length ?? 0;
    if (index === 0) return { event, count, stepConversion: 1, overallConversion: 1 };
    return {
      event,
      count,
      stepConversion: ratio(count, reached[index - 1]?.length ?? 0),
      overallConversion: ratio(count, reached[0]?.length ?? 0),
      avgTime: meanSeconds(reached[index] ?? [], index, index - 1),
      avgTimeFromStart: meanSeconds(reached[index] ?? [], index, 0),
    };
  });
}

/** Returns the entries by date or segment. */
export function groupEntries(
  entries: readonly FunnelEntry[],
  key: 'date' | 'segment',
): Map<string, FunnelEntry[]> {
  const groups = new Map<string, FunnelEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry[key]);
    if (group) group.push(entry);
    else groups.set(entry[key], [entry]);
  }
  return groups;
}

function meanSeconds(entries: readonly FunnelEntry[], step: number, from: number): number {
  if (entries.length === 0) return 0;
  const sum = entries.reduce((total, { times }) => total + (times[step] ?? 0) - (times[from] ?? 0), 0);
  return Math.round(sum / entries.length / SECOND_MS);
}
