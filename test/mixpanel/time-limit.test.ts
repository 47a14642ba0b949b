import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TimeLimit } from '../../src/mixpanel/time-limit.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('a limit passes while somebody waits', () => {
  const limit = new TimeLimit(1000);
  vi.advanceTimersByTime(999);
  expect(limit.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(limit.signal.aborted).toBe(true);
});

it('a limit never passes while nobody waits, and each wait has all of it', () => {
  const limit = new TimeLimit(1000);
  for (let piece = 0; piece < 5; piece += 1) {
    vi.advanceTimersByTime(900);
    limit.stop();
    vi.advanceTimersByTime(60_000);
    limit.start();
  }
  expect(limit.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(limit.signal.aborted).toBe(true);
});
