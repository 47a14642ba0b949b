import { afterEach, beforeEach, vi } from 'vitest';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const NINE_AM = Date.parse('2026-03-02T09:00:00Z');

/** Every test of the file runs in virtual time, from nine in the morning. */
export function installVirtualClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: NINE_AM });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function advance(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}
