import type { DateRange } from '../command/transfer-spec.js';
import { addDays, daysBetween } from '../time/day.js';

/**
 * Mixpanel advises to keep a download under one to two million events. Source: mixpanel-utils,
 * `sample_scripts/exporting_varied_length_date_ranges/README.md`. A slice is also what a second attempt repeats.
 */
const RECORDS_PER_SLICE = 1_000_000;
/** The first slice, whose days show how dense the others are; most queries need no second. */
const INITIAL_DAYS = 31;
/** A project may grow: the next slice may be this many times longer than any before. */
const MAX_GROWTH = 4;

export interface SliceOptions {
  recordsPerSlice?: number;
  firstDays?: number;
}

/** Divides a range of days into slices of about the same number of records, each when it is needed. */
export class SlicePlan {
  readonly #last: string;
  readonly #recordsPerSlice: number;
  #next: string;
  #days: number;
  #maxDays: number;
  #density: { records: number; days: number } = { records: 0, days: 0 };
  #planned = 0;
  #observed = 0;

  constructor(
    { from, to }: DateRange,
    { recordsPerSlice = RECORDS_PER_SLICE, firstDays = INITIAL_DAYS }: SliceOptions = {},
  ) {
    this.#next = from;
    this.#last = to;
    this.#recordsPerSlice = recordsPerSlice;
    this.#days = firstDays;
    this.#maxDays = firstDays;
  }

  /** Slices so far and, as far as known, to come. */
  get total(): number {
    return this.#planned + Math.ceil(this.#daysLeft / this.#days);
  }

  /** Whether enough is known of the records to plan more slices than the first. */
  get hasEstimate(): boolean {
    return this.#observed > 0;
  }

  /** The days that belong to no slice yet. */
  get remaining(): DateRange | undefined {
    return this.#daysLeft > 0 ? { from: this.#next, to: this.#last } : undefined;
  }

  next(): DateRange | undefined {
    if (this.#daysLeft <= 0) return undefined;
    const days = Math.min(this.#days, this.#daysLeft);
    const slice = { from: this.#next, to: addDays(this.#next, days - 1) };
    this.#next = addDays(slice.to, 1);
    this.#maxDays = Math.max(this.#maxDays, days);
    this.#planned += 1;
    return slice;
  }

  /** Adjusts the length of the next slices to what a finished one held. */
  observe(slice: DateRange, records: number): void {
    this.#observed += 1;
    this.#density = { records: this.#density.records + records, days: this.#density.days + daysIn(slice) };
    const { records: totalRecords, days } = this.#density;
    const daysThatFit =
      totalRecords === 0
        ? Number.POSITIVE_INFINITY
        : Math.floor((this.#recordsPerSlice * days) / totalRecords);
    this.#days = Math.max(1, Math.min(daysThatFit, this.#maxDays * MAX_GROWTH));
  }

  get #daysLeft(): number {
    return this.#next > this.#last ? 0 : daysIn({ from: this.#next, to: this.#last });
  }
}

/** Days of a range, both ends included. */
export function daysIn({ from, to }: DateRange): number {
  return daysBetween(from, to) + 1;
}

/** Returns the two halves of a range, or undefined if it is a single day. */
export function halve({ from, to }: DateRange): [DateRange, DateRange] | undefined {
  const days = daysIn({ from, to });
  if (days < 2) return undefined;
  const middle = addDays(from, Math.floor(days / 2) - 1);
  return [
    { from, to: middle },
    { from: addDays(middle, 1), to },
  ];
}
