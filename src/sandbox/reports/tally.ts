import type { CountType } from '../data/dataset/saved-objects.js';
import { DateTimeValue, type ExpressionValue } from '../expression/evaluator.js';
import { LargeInteger } from '../records/large-integer.js';
import type { StoredEvent } from '../records/write.js';

/** Events and their users. */
export class EventCount {
  total = 0;
  readonly #users = new Set<string>();

  add({ properties }: StoredEvent): void {
    this.total += 1;
    this.#users.add(String(properties.distinct_id));
  }

  get(type: CountType): number {
    if (type === 'general') return this.total;
    return type === 'unique' ? this.#users.size : this.total / this.#users.size;
  }
}

/** Counts by name and bucket; only what was seen is there. */
export class Tally {
  readonly #names = new Map<string, { total: EventCount; buckets: Map<string, EventCount> }>();

  add(name: string, bucket: string, event: StoredEvent): void {
    let existing = this.#names.get(name);
    if (!existing) {
      existing = { total: new EventCount(), buckets: new Map() };
      this.#names.set(name, existing);
    }
    let count = existing.buckets.get(bucket);
    if (!count) {
      count = new EventCount();
      existing.buckets.set(bucket, count);
    }
    existing.total.add(event);
    count.add(event);
  }

  /** The names seen most, first; those seen as often by name. */
  top(limit: number, type: CountType = 'general'): string[] {
    return [...this.#names]
      .map(([name, { total }]) => ({ name, amount: total.get(type) }))
      .sort((a, b) => b.amount - a.amount || (a.name < b.name ? -1 : 1))
      .slice(0, limit)
      .map(({ name }) => name);
  }

  /** A name's count over everything. */
  total(name: string, type: CountType): number {
    return this.#names.get(name)?.total.get(type) ?? 0;
  }

  /** `{"name": {"2026-11-24": 5}}`, without the buckets in which nothing happened. */
  values(names: readonly string[], type: CountType): Record<string, Record<string, number>> {
    return Object.fromEntries(
      names.map((name) => [
        name,
        Object.fromEntries(
          [...(this.#names.get(name)?.buckets ?? [])].map(([bucket, count]) => [bucket, count.get(type)]),
        ),
      ]),
    );
  }
}

/**
 * The texts under which a property's value is counted: each element of a list, other values as they are written.
 * Lists of objects come as JSON texts, as Mixpanel's own client tells.
 */
export function toValueLabels(value: ExpressionValue): string[] {
  if (Array.isArray(value)) return value.map(toValueLabel);
  return [toValueLabel(value)];
}

function toValueLabel(value: ExpressionValue): string {
  if (value instanceof LargeInteger) return value.digits;
  if (value instanceof DateTimeValue) return String(value.seconds);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
