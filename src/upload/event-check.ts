import type { Command } from '../command/definition.js';
import type { FileEvent } from '../records/event-file.js';
import { ProblemGroups } from '../records/problem-groups.js';

/** Judges the events of a file before they are sent, and counts what was assumed and what is wrong. */
export class EventCheck {
  readonly problems = new ProblemGroups();
  accepted = 0;
  rejected = 0;
  zonesAssumed = 0;
  timesAssumed = 0;
  readonly #command: Command;

  constructor(command: Command) {
    this.#command = command;
  }

  /** Returns the event as Mixpanel takes it; nothing if it would be refused or lost. */
  add(item: FileEvent): unknown {
    const value = item.event && this.#prepare(item);
    if (value === undefined) {
      for (const problem of item.problems) this.problems.add(item.line, problem);
      this.rejected += 1;
      return undefined;
    }
    this.accepted += 1;
    if (item.zoneAssumed) this.zonesAssumed += 1;
    if (item.timeAssumed) this.timesAssumed += 1;
    return value;
  }

  #prepare({ event, line }: FileEvent): unknown {
    const { transfer: spec } = this.#command;
    if (spec?.kind !== 'batches') throw new TypeError(`${this.#command.id} sends no list`);
    const prepared = spec.prepareRead(event);
    const problem =
      'problem' in prepared
        ? prepared.problem
        : spec.check(prepared.value, JSON.stringify(prepared.value), Date.now());
    if (problem !== undefined) {
      this.problems.add(line, { message: problem });
      return undefined;
    }
    return 'value' in prepared ? prepared.value : undefined;
  }
}
