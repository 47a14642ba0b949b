import type { RecordProblem } from './event-record.js';

/** All records with one fault. */
export interface ProblemGroup {
  message: string;
  /** What came in the first of them. */
  received?: unknown;
  count: number;
  /** Where the first of them are: line numbers or indexes. */
  places: number[];
}

const MAX_PLACES = 3;
/** Faults that hold text of their records could be as many as the records. */
const MAX_GROUPS = 1000;

/** Collects the faults of many records, so that each is reported once, with a count and its first places. */
export class ProblemGroups {
  readonly #groups = new Map<string, ProblemGroup>();

  add(place: number, { message, received }: RecordProblem): void {
    const group = this.#groups.get(message);
    if (group) {
      group.count += 1;
      if (group.places.length < MAX_PLACES) group.places.push(place);
    } else if (this.#groups.size < MAX_GROUPS) {
      this.#groups.set(message, { message, received, count: 1, places: [place] });
    }
  }

  get size(): number {
    return this.#groups.size;
  }

  [Symbol.iterator](): Iterator<ProblemGroup> {
    return this.#groups.values();
  }
}

/** Returns the places of a group in words, such as `lines 2, 5, 9 and 1,204 more`. */
export function describePlaces(noun: string, { count, places }: ProblemGroup): string {
  const rest = count - places.length;
  const list = places.map((place) => place.toLocaleString('en-US')).join(', ');
  return `${noun}${count > 1 ? 's' : ''} ${list}${rest > 0 ? ` and ${rest.toLocaleString('en-US')} more` : ''}`;
}
