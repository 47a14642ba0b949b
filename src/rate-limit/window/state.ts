import * as z from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../time/durations.js';

/** The longest pause we take, whatever an answer asks for. */
export const MAX_PAUSE_MS = MINUTE_MS;

/** No reservation is made for longer than this. */
export const MAX_RESERVATION_MS = 10 * SECOND_MS;

/** Far above any quota known; a longer list is not ours. */
const MAX_STARTS = 100_000;
const MAX_LIMIT = 1_000_000;
const MAX_ID_LENGTH = 64;
/** The last moment a JavaScript date can hold. */
const MAX_EPOCH_MS = 8.64e15;

const epochMs = z.number().min(0).max(MAX_EPOCH_MS);
const count = z.int().min(0);
const limit = z.number().positive().max(MAX_LIMIT);
const id = z.string().min(1).max(MAX_ID_LENGTH);

/** The part that outlives the process: the rest is about calls under way. */
export const snapshotSchema = z.object({
  /** Our own starts, oldest first. */
  starts: z.array(z.object({ id, at: epochMs })).max(MAX_STARTS),
  /** Starts by other clients of the project, as estimated after a 429, oldest first. */
  externalStarts: z.array(epochMs).max(MAX_STARTS),
  /** The project's real limits, once an answer named them. */
  observedLimits: z.object({ hourly: limit.optional(), concurrent: limit.optional() }),
  /** The last time Mixpanel refused a call for the hourly limit, and what has happened since. */
  hourlyLimitHit: z.object({ at: epochMs, repeats: count, successes: count }),
});

export const windowLogStateSchema = snapshotSchema.extend({
  /** Calls that hold a slot, and when the slot becomes free again should their holder die. */
  leases: z.record(id, epochMs),
  pause: z.object({
    until: epochMs,
    at: epochMs,
    repeats: count,
    limit: z.enum(['hourly', 'concurrent', 'load']),
  }),
  /** Until when an interactive call, here or in another process, waits for a start or a slot. */
  reserved: z.object({ start: epochMs, slot: epochMs }),
});

/** What a process may start by itself should it lose the others, set aside for it by all of them. */
const allotmentSchema = z.object({ starts: count, slots: count, until: epochMs });

/** The state as processes share it. */
export const sharedStateSchema = windowLogStateSchema.extend({
  /** Names this copy of the state: another one means that the first was lost. */
  generation: id,
  /** The server that last held it: another one, or the same after a restart, may lack the last writes. */
  server: z.string().max(MAX_ID_LENGTH).optional(),
  /** When a process last wrote it. */
  touchedAt: epochMs,
  /** Nothing starts before this time: processes report what a lost or old state does not know. */
  settlesAt: epochMs,
  /** The processes that use the quota. */
  members: z.record(id, allotmentSchema),
});

export type Reservations = WindowLogState['reserved'];
export type Allotment = z.infer<typeof allotmentSchema>;
export type SharedState = z.infer<typeof sharedStateSchema>;

export type WindowLogSnapshot = z.infer<typeof snapshotSchema>;

/** Everything the window log knows, as plain JSON, so that it can live in a file or in Redis. Times are epoch ms. */
export type WindowLogState = z.infer<typeof windowLogStateSchema>;

export function createWindowLogState(): WindowLogState {
  return {
    starts: [],
    externalStarts: [],
    observedLimits: {},
    hourlyLimitHit: { at: 0, repeats: 0, successes: 0 },
    leases: {},
    pause: { until: 0, at: 0, repeats: 0, limit: 'load' },
    reserved: { start: 0, slot: 0 },
  };
}

/**
 * Moves times that lie ahead of `now` back to the latest they can honestly be. A clock that was ahead for a moment,
 * or a spoiled file, would otherwise close the project until that time comes.
 */
export function clampTimes(state: WindowLogState, now: number): void {
  for (const start of state.starts) start.at = Math.min(start.at, now);
  state.externalStarts = state.externalStarts.map((at) => Math.min(at, now));
  const { hourlyLimitHit, pause, reserved } = state;
  hourlyLimitHit.at = Math.min(hourlyLimitHit.at, now);
  pause.at = Math.min(pause.at, now);
  pause.until = Math.min(pause.until, now + MAX_PAUSE_MS);
  reserved.start = Math.min(reserved.start, now + MAX_RESERVATION_MS);
  reserved.slot = Math.min(reserved.slot, now + MAX_RESERVATION_MS);
}
