import { type EventFile, textColumnsOf } from '../../records/event-file.js';
import { describePlaces, type ProblemGroups } from '../../records/problem-groups.js';
import { countOf } from '../../upload/assumptions.js';
import { quote } from '../shell-words.js';
import type { UploadJournal } from './journal.js';

const MAX_RECEIVED_CHARACTERS = 80;

/** Returns the faults of a file in words, each kind on a line of its own. */
export function describeProblems(problems: ProblemGroups): string[] {
  return [...problems].map((group) => {
    const received = group.received === undefined ? '' : ` Received: ${shorten(group.received)}.`;
    const rejected = group.count === 1 ? 'was not accepted' : 'were not accepted';
    return `${capitalize(describePlaces('line', group))} ${rejected}: ${group.message}${received}`;
  });
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_RECEIVED_CHARACTERS ? `${text.slice(0, MAX_RECEIVED_CHARACTERS)}…` : text;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns what is about to happen to a file that was sent before, wholly or in part. */
export function describeEarlierRun({ sent, finished }: UploadJournal, file: string): string[] {
  if (finished) {
    return [
      `${file} was sent on ${finished}. It is sent again; Mixpanel counts no event twice, since each has the $insert_id it had then.`,
    ];
  }
  return sent > 0 ? [`Continuing after ${countOf(sent, 'record')} of an earlier run.`] : [];
}

/** The options of a run that the run for its rejected records needs too. */
interface RepeatedOptions {
  import?: boolean;
  delimiter?: string;
  map?: Record<string, string>;
  types?: Record<string, string>;
  timezone?: string;
  dateFormat?: string;
  token?: string;
  credentials?: string;
  mixpanelUrl?: string;
}

/**
 * Returns how the rejected records of a file can be sent when they are mended. The token is not shown, and the file of
 * rejected records is UTF-8 whatever the other one was.
 */
export function describeRejectedFile(
  path: string,
  rows: number,
  { table }: EventFile,
  options: RepeatedOptions,
): string {
  const { map = {}, types = {}, timezone, dateFormat, delimiter, token, credentials, mixpanelUrl } = options;
  // Among fewer rows a column of text may look like one of numbers.
  const alwaysText = textColumnsOf(map);
  const texts = table?.columns.filter(({ type, name }) => type === 'text' && !alwaysText.has(name)) ?? [];
  const allTypes = { ...Object.fromEntries(texts.map(({ name }) => [name, 'text'])), ...types };
  const pairs = (option: string, values: Record<string, string>) =>
    Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
  const words = [
    ...['mixpanel-datasource', 'track', '--in', path],
    ...(options.import ? ['--import'] : []),
    ...pairs('--map', map),
    ...pairs('--types', allTypes),
    ...(timezone === undefined ? [] : ['--timezone', timezone]),
    ...(dateFormat === undefined ? [] : ['--date-format', dateFormat]),
    ...(delimiter === undefined ? [] : ['--delimiter', delimiter === '\t' ? 'tab' : delimiter]),
    ...(credentials === undefined ? [] : ['--credentials', credentials]),
    ...(mixpanelUrl === undefined ? [] : ['--mixpanel-url', mixpanelUrl]),
  ].map(quote);
  if (token !== undefined) words.push('--token <token>');
  return `${countOf(rows, 'record')} in ${path}. Correct them, then send them: ${words.join(' ')}`;
}
