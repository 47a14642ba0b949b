import { describe, expect, test } from 'vitest';
import { commands } from '../../../../src/commands/index.js';
import { buildManifest } from '../../../../src/hosts/appsmith/manifest/index.js';
import {
  formatAgo,
  isFree,
  summarizeEntry,
  summarizeOutcome,
} from '../../../../src/workbench/page/history/entry-summary.js';
import { createHistoryStorage } from '../../../../src/workbench/page/history/history-storage.js';
import {
  addEntry,
  changeEntry,
  createEntry,
  deleteEntry,
  formatHistory,
  type HistoryEntry,
  MAX_RUNS,
  parseHistory,
} from '../../../../src/workbench/page/history/run-history.js';
import type { RunResponse } from '../../../../src/workbench/wire.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const MINUTE = 60_000;

function responseOf(meta: object): RunResponse {
  return {
    result: { ok: true, body: [], meta: { cost: 1, ...meta }, messages: [] },
    elapsedMs: 5,
    headers: {},
  };
}

const READ = responseOf({ rows: 3, cache: { state: 'MISS', ageMs: 0, freshMs: 5 * MINUTE } });

function entryOf(
  parameters: Record<string, unknown>,
  response: RunResponse | undefined = READ,
): HistoryEntry {
  return createEntry({ command: 'GET_TOP_EVENTS', parameters }, response, NOW);
}

describe('an entry of the history', () => {
  test('keeps what was asked, and for how long it costs nothing', () => {
    const entry = entryOf({ limit: '7', workspaceId: '' });
    expect(entry).toMatchObject({
      parameters: { limit: '7' },
      outcome: 'read',
      rows: 3,
      at: NOW,
      starred: false,
    });
    expect(entry.freeUntil).toBe(NOW + 5 * MINUTE);
    expect(isFree(entry, NOW + 4 * MINUTE)).toBe(true);
    expect(isFree(entry, NOW + 6 * MINUTE)).toBe(false);
  });

  test('a write is one, so that nothing writes twice by one click', () => {
    expect(entryOf({}, responseOf({ accepted: 1 })).outcome).toBe('written');
  });

  test.each([
    ['{"properties": {"token": "abcdef123456"}}', 'abcdef123456'],
    ['[{"$token":"abcdef123456"}]', 'abcdef123456'],
    ['{"data": "{\\"token\\": \\"abcdef123456\\"}"}', 'abcdef123456'],
    ['{"Authorization": "Basic abcdef123456"}', 'abcdef123456'],
    ['{"Cookie": "session=abcdef123456"}', 'abcdef123456'],
    ['{"X-Company-Key": "abcdef123456"}', 'abcdef123456'],
    ['https://api.mixpanel.com/track?token=abcdef123456&x=1', 'abcdef123456'],
    ['token=abcdef123456', 'abcdef123456'],
    ['https://someone:abcdef123456@mixpanel.com/api', 'abcdef123456'],
  ])('keeps no secret of %j, and knows that it is incomplete', (body, secret) => {
    const entry = entryOf({ body, limit: '7' });
    expect(formatHistory([entry])).not.toContain(secret);
    expect(entry.incomplete).toEqual(['body']);
    expect(formatHistory(parseHistory(JSON.stringify([{ ...entry, parameters: { body } }])))).not.toContain(
      secret,
    );
  });

  test('leaves out texts too long to keep', () => {
    const entry = entryOf({ body: 'x'.repeat(100_000) });
    expect(entry.parameters).toEqual({});
    expect(entry.incomplete).toEqual(['body']);
  });
});

describe('the history', () => {
  test(`keeps the last ${MAX_RUNS} runs, and all with a star`, () => {
    let history: HistoryEntry[] = [];
    for (let run = 0; run < MAX_RUNS; run += 1) history = addEntry(history, entryOf({ limit: String(run) }));
    history = changeEntry(history, history.at(-1)!.id, { starred: true });
    for (let run = MAX_RUNS; run < 3 * MAX_RUNS; run += 1) {
      history = addEntry(history, entryOf({ limit: String(run) }));
    }
    expect(history.filter(({ starred }) => !starred)).toHaveLength(MAX_RUNS);
    expect(history.filter(({ starred }) => starred).map(({ parameters }) => parameters.limit)).toEqual(['0']);
    expect(history[0]!.parameters.limit).toBe(String(3 * MAX_RUNS - 1));
  });

  test('has the same query once, with its star and its name', () => {
    const first = entryOf({ limit: '7', type: 'unique' });
    let history = changeEntry([first], first.id, { starred: true, name: '  Weekly  ' });
    history = addEntry(history, entryOf({ type: 'unique', limit: '7' }));
    expect(history).toHaveLength(1);
    expect(history[0]).toMatchObject({ starred: true, name: 'Weekly' });
    history = changeEntry(history, history[0]!.id, { name: ' ' });
    expect(history[0]!.name).toBeUndefined();
    expect(deleteEntry(history, history[0]!.id)).toEqual([]);
  });

  test('is read back as it was written', () => {
    const history = [entryOf({ limit: '7' }), entryOf({ limit: '8' }, undefined)];
    expect(parseHistory(formatHistory(history))).toEqual(history);
  });

  test.each([
    null,
    '',
    'no JSON',
    '{}',
    '[1,null,"x",[]]',
    '[{"id":1}]',
    '[{"id":"a","command":"B","parameters":[],"at":1,"outcome":"read"}]',
  ])('is empty if the browser kept %j', (text) => {
    expect(parseHistory(text)).toEqual([]);
  });

  test('keeps the entries that can be read beside spoiled ones', () => {
    const good = entryOf({ limit: '7' });
    const spoiled = {
      ...good,
      id: 'b',
      rows: 'many',
      name: 5,
      incomplete: 'no',
      parameters: { limit: 7, type: 'x' },
    };
    const parsed = parseHistory(JSON.stringify([good, { at: 1 }, spoiled, good]));
    expect(parsed.map(({ id }) => id)).toEqual([good.id, 'b']);
    expect(parsed[1]).toMatchObject({ parameters: { type: 'x' }, incomplete: [] });
    expect(parsed[1]).not.toHaveProperty('rows');
  });
});

describe('the storage of the history', () => {
  test('keeps it until the page is closed if the browser refuses', () => {
    const storage = createHistoryStorage(() => {
      throw new Error('denied');
    });
    expect(storage.read()).toEqual([]);
    const history = [entryOf({ limit: '7' })];
    expect(storage.write(history)).toBe(false);
    expect(storage.read()).toEqual(history);
  });
});

describe('a line of the history', () => {
  const manifest = buildManifest(commands);

  test('says what was asked in the words of the form', () => {
    const entry = createEntry(
      {
        command: 'GET_AGGREGATE_EVENT_COUNTS',
        parameters: {
          events: '["Signup","Purchase"]',
          type: 'unique',
          unit: 'week',
          fromDate: 'last 30 days',
          toDate: 'today',
          response: 'rows',
        },
      },
      READ,
      NOW,
    );
    expect(summarizeEntry(manifest, entry)).toBe('Signup, Purchase · Unique users · Week · Last 30 days');
    expect(summarizeEntry(manifest, { ...entry, command: 'GONE' })).toBe('');
  });

  test.each([
    [{ outcome: 'read', rows: 1 }, '1 row'],
    [{ outcome: 'read', rows: 12_000 }, '12,000 rows'],
    [{ outcome: 'failed' }, 'failed'],
    [{ outcome: 'file' }, 'saved to a file'],
    [{ outcome: 'written' }, undefined],
  ] as const)('says of %j: %s', (outcome, words) => {
    expect(summarizeOutcome({ ...entryOf({}), rows: undefined, ...outcome })).toBe(words);
  });

  test.each([
    [0, 'just now'],
    [30_000, 'less than a minute ago'],
    [5 * MINUTE, '5 minutes ago'],
    [90 * MINUTE, '1 hour ago'],
    [26 * 60 * MINUTE, 'yesterday'],
    [-MINUTE, 'just now'],
  ])('%s ms ago is %s', (ago, words) => {
    expect(formatAgo(NOW - ago, NOW)).toBe(words);
  });
});
