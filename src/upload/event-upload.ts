import type { EventFile, FileEvent } from '../records/event-file.js';
import { ProblemGroups } from '../records/problem-groups.js';
import type { BatchResult } from '../transfer/index.js';
import type { EventCheck } from './event-check.js';
import type { RejectedRecords } from './rejected-records.js';

/** The events of a file on their way: which were taken, and to which records those belong that were not. */
export class EventUpload {
  accepted = 0;
  refused = 0;
  /** What Mixpanel refused. */
  readonly refusals = new ProblemGroups();
  readonly check: EventCheck;
  readonly #file: EventFile;
  readonly #rejectedRecords: RejectedRecords | undefined;
  /** Records that were handed over and whose batch is not answered yet, from the index `#answered` on. */
  readonly #pending: { item: FileEvent; sent: boolean }[] = [];
  #answered: number;

  constructor(
    file: EventFile,
    check: EventCheck,
    { skip = 0, rejectedRecords }: { skip?: number; rejectedRecords?: RejectedRecords } = {},
  ) {
    this.#file = file;
    this.check = check;
    this.#answered = skip;
    this.#rejectedRecords = rejectedRecords;
  }

  /** A record that is not fit to be sent keeps its index, so that a later run finds the others where they were. */
  async *items(): AsyncGenerator<unknown> {
    let index = 0;
    for await (const item of this.#file.events()) {
      const event = this.check.add(item);
      if (event === undefined) await this.#rejectedRecords?.write(item);
      if (index >= this.#answered) this.#pending.push({ item, sent: event !== undefined });
      index += 1;
      yield event;
    }
  }

  async record({ first, items, accepted, rejected }: BatchResult): Promise<void> {
    this.accepted += accepted;
    const records = this.#pending.splice(0, first + items - this.#answered);
    for (const { index, reason, field } of rejected) {
      const record = typeof index === 'number' ? records[index - this.#answered] : undefined;
      // What the check refused has been counted by it.
      if (record?.sent === false) continue;
      this.refused += 1;
      const message = field ? `${field}: ${reason}` : String(reason);
      this.refusals.add(record?.item.line ?? 0, { message });
      if (record) await this.#rejectedRecords?.write(record.item);
    }
    this.#answered = first + items;
  }
}
