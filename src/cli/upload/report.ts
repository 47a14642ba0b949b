import type { EventFile } from '../../records/event-file.js';
import { describePlaces, type ProblemGroups } from '../../records/problem-groups.js';
import type { EventCheck } from './event-check.js';
import type { UploadJournal } from './journal.js';

const MAX_RECEIVED_CHARACTERS = 80;

/** Returns the faults of a file in words, each kind on a line of its own. */
export function describeProblems(problems: ProblemGroups): string {
  return [...problems]
    .map((group) => {
      const received = group.received === undefined ? '' : ` Received: ${shorten(group.received)}.`;
      const rejected = group.count === 1 ? 'was not accepted' : 'were not accepted';
      return `${capitalize(describePlaces('line', group))} ${rejected}: ${group.message}${received}\n`;
    })
    .join('');
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_RECEIVED_CHARACTERS ? `${text.slice(0, MAX_RECEIVED_CHARACTERS)}…` : text;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns what was assumed about the events of a file, a line each. */
export function describeAssumptions(
  file: EventFile,
  { zonesAssumed, timesAssumed }: EventCheck,
  { timezone, sentAt }: { timezone?: string; sentAt: string },
): string {
  const notes = [...file.notes];
  if (zonesAssumed > 0) {
    const advice = timezone ? '' : '; --timezone names another';
    notes.push(
      `${count(zonesAssumed, 'time')} without a zone ${zonesAssumed === 1 ? 'is' : 'are'} taken as ${timezone ?? 'UTC'}${advice}.`,
    );
  }
  if (timesAssumed > 0) {
    const verb = timesAssumed === 1 ? 'event has' : 'events have';
    notes.push(`${timesAssumed.toLocaleString('en-US')} ${verb} no time and get ${sentAt}.`);
  }
  return notes.map((note) => `${note}\n`).join('');
}

/** Returns what is about to happen to a file that was sent before, wholly or in part. */
export function describeEarlierRun({ sent, finished }: UploadJournal, file: string): string {
  if (finished) {
    return `${file} was sent on ${finished}. It is sent again; Mixpanel counts no event twice, since each has the $insert_id it had then.\n`;
  }
  return sent > 0 ? `Continuing after ${count(sent, 'record')} of an earlier run.\n` : '';
}

/** Returns how the rejected records of a file can be sent when they are mended. */
export function describeRejectedFile(path: string, rows: number, { table }: EventFile): string {
  // Among fewer rows a column of text may look like one of numbers.
  const texts = table?.columns.filter(({ type, name }) => type === 'text' && name !== 'time') ?? [];
  const types =
    texts.length === 0 ? '' : ` --types ${texts.map(({ name }) => `"${name}=text"`).join(' --types ')}`;
  return `${count(rows, 'record')} in ${path}. Correct them, then send them: track --in ${path}${types}\n`;
}

/** Returns a number with its noun, such as `1 event` or `2,500 events`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? noun : `${noun}s`}`;
}
