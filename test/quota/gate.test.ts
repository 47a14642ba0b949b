import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createQuotaGate, type QuotaScope } from '../../src/quota/index.js';

const scope: QuotaScope = { region: 'US', projectId: '7', family: 'query' };

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-02T09:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('smoke', () => {
  test('sixty start, the next waits an hour', async () => {
    const gate = createQuotaGate();
    const starts: number[] = [];
    for (let i = 0; i < 65; i++)
      void gate.run(scope, async () => {
        starts.push(Date.now());
        await new Promise((r) => setTimeout(r, 1000));
      });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(starts.length).toBe(60);
    await expect(gate.run(scope, async () => 1, { deadline: Date.now() + 30_000 })).rejects.toThrow(
      '60 of 60 queries of project 7 used; next slot 10:00:02',
    );
    expect(await gate.status(scope)).toMatchObject({ limit: 60, left: 0, running: 0, waiting: 5 });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(starts.length).toBe(65);
  });
});
