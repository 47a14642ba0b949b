import type { EventFile } from '../records/event-file.js';
import type { OptionWording } from '../records/option-wording.js';
import type { EventCheck } from './event-check.js';

interface AssumptionOptions {
  timezone?: string;
  /** What events without a time get, in words. */
  sentAt: string;
  wording: OptionWording;
}

/** Returns what was assumed about the events of a file, a sentence each. */
export function describeAssumptions(
  file: EventFile,
  { zonesAssumed, timesAssumed }: EventCheck,
  { timezone, sentAt, wording }: AssumptionOptions,
): string[] {
  const notes = [...file.notes];
  if (zonesAssumed > 0) {
    const advice = timezone ? '' : `; ${wording.timezone} names another`;
    notes.push(
      `${countOf(zonesAssumed, 'time')} without a zone ${zonesAssumed === 1 ? 'is' : 'are'} taken as ${timezone ?? 'UTC'}${advice}.`,
    );
  }
  if (timesAssumed > 0) {
    const verb = timesAssumed === 1 ? 'event has' : 'events have';
    notes.push(`${timesAssumed.toLocaleString('en-US')} ${verb} no time and get ${sentAt}.`);
  }
  return notes;
}

/** Returns a number with its noun, such as `1 event` or `2,500 events`. */
export function countOf(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? noun : `${noun}s`}`;
}
