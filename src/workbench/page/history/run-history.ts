import { redactSecrets } from '../../redaction.js';
import type { RunRequest, RunResponse } from '../../wire.js';

/** One run, as this browser keeps it. Holds no credentials and no tokens. */
export interface HistoryEntry {
  id: string;
  command: string;
  /** The form's values by field key; empty ones are left out. */
  parameters: Readonly<Record<string, string>>;
  /** When it ran last, in epoch milliseconds. */
  at: number;
  /** A run that only read can be run again with one click. */
  outcome: 'read' | 'written' | 'failed' | 'file';
  rows?: number;
  /** Until when the same query costs nothing, because the server has its result, in epoch milliseconds. */
  freeUntil?: number;
  starred: boolean;
  name?: string;
  /** Keys of values that were not kept as they were: secrets, and texts too long to keep. */
  incomplete: readonly string[];
}

/** The most runs that are kept; starred ones are kept beside them. */
export const MAX_RUNS = 50;
const MAX_STARRED = 200;
const MAX_VALUE_CHARACTERS = 20_000;
const MAX_NAME_CHARACTERS = 80;

/** Returns a run as an entry of the history. A run without a response was saved to a file. */
export function createEntry(
  { command, parameters }: Pick<RunRequest, 'command' | 'parameters'>,
  response: RunResponse | undefined,
  now: number,
): HistoryEntry {
  const given = Object.entries(parameters)
    .map(([key, value]) => [key, String(value ?? '')] as const)
    .filter(([, text]) => text !== '');
  const redacted = redactSecrets(Object.fromEntries(given)) as Record<string, string>;
  const kept = given.filter(([, text]) => text.length <= MAX_VALUE_CHARACTERS).map(([key]) => key);
  return {
    id: `${now.toString(36)}-${Math.random().toString(36).slice(2, 8)}`,
    command,
    parameters: Object.fromEntries(kept.map((key) => [key, redacted[key] ?? ''])),
    at: now,
    starred: false,
    incomplete: given
      .filter(([key, text]) => !kept.includes(key) || redacted[key] !== text)
      .map(([key]) => key),
    ...describeResponse(response, now),
  };
}

function describeResponse(
  response: RunResponse | undefined,
  now: number,
): Pick<HistoryEntry, 'outcome' | 'rows' | 'freeUntil'> {
  if (response === undefined) return { outcome: 'file' };
  const { result } = response;
  if (!result.ok) return { outcome: 'failed' };
  const { rows, cache } = result.meta;
  // The cache is absent for writes.
  if (!cache) return { outcome: 'written', rows };
  return { outcome: 'read', rows, ...(cache.freshMs ? { freeUntil: now + cache.freshMs } : {}) };
}

/** Returns the history with a run on top. The same query is kept once, with its star and its name. */
export function addEntry(history: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry[] {
  const same = history.find((each) => isSameQuery(each, entry));
  const { starred, name } = same ?? entry;
  const others = history.filter((each) => each !== same);
  return limitEntries([{ ...entry, starred, ...(name ? { name } : {}) }, ...others]);
}

/** Returns the history with an entry changed. An empty name is no name. */
export function changeEntry(
  history: readonly HistoryEntry[],
  id: string,
  change: { starred?: boolean; name?: string },
): HistoryEntry[] {
  return limitEntries(
    history.map((each) => {
      if (each.id !== id) return each;
      const { name, ...changed } = { ...each, ...change };
      const text = name?.trim().slice(0, MAX_NAME_CHARACTERS);
      return text ? { ...changed, name: text } : changed;
    }),
  );
}

export function deleteEntry(history: readonly HistoryEntry[], id: string): HistoryEntry[] {
  return history.filter((each) => each.id !== id);
}

export function formatHistory(history: readonly HistoryEntry[]): string {
  return JSON.stringify(history);
}

/** Reads what a browser kept, perhaps by another version, perhaps edited: entries that cannot be read are left out. */
export function parseHistory(text: string | null): HistoryEntry[] {
  if (text === null) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(parsed)) return [];
  const entries = parsed.flatMap((each): HistoryEntry[] => readEntry(each) ?? []);
  const ids = new Set<string>();
  return limitEntries(entries.filter(({ id }) => !ids.has(id) && ids.add(id)));
}

const OUTCOMES: ReadonlySet<unknown> = new Set<HistoryEntry['outcome']>([
  'read',
  'written',
  'failed',
  'file',
]);

function readEntry(value: unknown): HistoryEntry[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, command, parameters, at, outcome, rows, freeUntil, starred, name, incomplete } =
    value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof command !== 'string' || !isTime(at) || !OUTCOMES.has(outcome))
    return undefined;
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) return undefined;
  const texts = Object.entries(parameters).filter(([, text]) => typeof text === 'string') as [
    string,
    string,
  ][];
  return [
    {
      id,
      command,
      // Redacted again: an older version may have known fewer secrets.
      parameters: redactSecrets(Object.fromEntries(texts)) as Record<string, string>,
      at,
      outcome: outcome as HistoryEntry['outcome'],
      ...(isTime(rows) ? { rows } : {}),
      ...(isTime(freeUntil) ? { freeUntil } : {}),
      starred: starred === true,
      ...(typeof name === 'string' && name !== '' ? { name: name.slice(0, MAX_NAME_CHARACTERS) } : {}),
      incomplete: Array.isArray(incomplete) ? incomplete.filter((key) => typeof key === 'string') : [],
    },
  ];
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isSameQuery(one: HistoryEntry, other: HistoryEntry): boolean {
  const keys = Object.keys(one.parameters);
  return (
    one.command === other.command &&
    keys.length === Object.keys(other.parameters).length &&
    keys.every((key) => one.parameters[key] === other.parameters[key])
  );
}

function limitEntries(entries: readonly HistoryEntry[]): HistoryEntry[] {
  let runs = 0;
  let starred = 0;
  return entries.filter((each) => (each.starred ? ++starred <= MAX_STARRED : ++runs <= MAX_RUNS));
}
