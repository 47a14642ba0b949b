import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createProgress, describeProgress } from '../../../src/cli/ui/progress.js';

const AFTER_TWO_SECONDS = { initialRows: 0, ms: 2000 };

test('a transfer of unknown length shows rows, their rate and the day reached', () => {
  const state = { rows: 12_345, bytes: 3 * 1024 * 1024, day: '2026-11-03' };
  expect(describeProgress(state, 'rows', AFTER_TWO_SECONDS)).toBe(
    '12,345 rows · 6,173 rows/s · 3.0 MB · at 2026-11-03',
  );
});

test('a known total is a part in percent', () => {
  const state = { rows: 50, done: { value: 1, total: 3 } };
  expect(describeProgress(state, 'events', AFTER_TWO_SECONDS)).toBe('33 % · 50 events · 25 events/s');
});

test('no rate is shown when there is none to speak of', () => {
  expect(describeProgress({ rows: 500 }, 'events', { initialRows: 500, ms: 60_000 })).toBe('500 events');
  expect(describeProgress({ rows: 500 }, 'events', { initialRows: 0, ms: 10 })).toBe('500 events');
});

test('a bar is drawn on a terminal only if the total is known', async () => {
  const draw = async (done?: { value: number; total: number }) => {
    const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
    const printed = text(stderr);
    const progress = await createProgress('rows', { stderr });
    progress.update({ rows: 10, done });
    progress.stop();
    stderr.end();
    return printed;
  };
  expect(await draw()).not.toMatch(/[█░]/);
  expect(await draw({ value: 1, total: 2 })).toMatch(/█+░+/);
});

test('nothing is drawn in a pipe', async () => {
  const stderr = new PassThrough();
  const progress = await createProgress('rows', { stderr });
  progress.update({ rows: 10 });
  progress.stop();
  stderr.end();
  expect(await text(stderr)).toBe('');
});
