import { Moment, type Value } from '../expression/evaluator.js';
import { LargeInteger } from '../records/large-integer.js';
import type { StoredEvent } from '../records/write.js';

/** How events are counted: all of them, the users who did them, or events per user. */
export const TYPES = ['general', 'unique', 'average'] as const;
export type CountType = (typeof TYPES)[number];

/** Events and their users. */
export class Count {
  total = 0;
  readonly #users = new Set<string>();

  add({ properties }: StoredEvent): void {
    this.total += 1;
    this.#users.add(String(properties.distinct_id));
  }

  as(type: CountType): number {
    if (type === 'general') return this.total;
    return type === 'unique' ? this.#users.size : this.total / this.#users.size;
  }
}

/** Counts by name and bucket; only what was seen is there. */
export class Tally {
  readonly #names = new Map<string, { all: Count; buckets: Map<string, Count> }>();

  add(name: string, bucket: string, event: StoredEvent): void {
    let known = this.#names.get(name);
    if (!known) {
      known = { all: new Count(), buckets: new Map() };
      this.#names.set(name, known);
    }
    let count = known.buckets.get(bucket);
    if (!count) {
      count = new Count();
      known.buckets.set(bucket, count);
    }
    known.all.add(event);
    count.add(event);
  }

  /** The names seen most, first; those seen as often by name. */
  top(limit: number, type: CountType = 'general'): string[] {
    return [...this.#names]
      .map(([name, { all }]) => ({ name, amount: all.as(type) }))
      .sort((one, other) => other.amount - one.amount || (one.name < other.name ? -1 : 1))
      .slice(0, limit)
      .map(({ name }) => name);
  }

  /** A name's count over everything. */
  all(name: string, type: CountType): number {
    return this.#names.get(name)?.all.as(type) ?? 0;
  }

  /** `{"name": {"2026-11-24": 5}}`, without the buckets in which nothing happened. */
  values(names: readonly string[], type: CountType): Record<string, Record<string, number>> {
    return Object.fromEntries(
      names.map((name) => [
        name,
        Object.fromEntries(
          [...(this.#names.get(name)?.buckets ?? [])].map(([bucket, count]) => [bucket, count.as(type)]),
        ),
      ]),
    );
  }
}

/**
 * The texts under which a property's value is counted: each element of a list, other values as they are written.
 * Lists of objects come as JSON texts, as Mixpanel's own client tells.
 */
export function valueTexts(value: Value): string[] {
  if (Array.isArray(value)) return value.map(valueText);
  return [valueText(value)];
}

function valueText(value: Value): string {
  if (value instanceof LargeInteger) return value.digits;
  if (value instanceof Moment) return String(value.seconds);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
