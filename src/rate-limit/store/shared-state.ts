import { randomUUID } from 'node:crypto';
import { SECOND_MS } from '../../time/durations.js';
import {
  type Allotment,
  createWindowLogState,
  type Reservations,
  type SharedState,
  sharedStateSchema,
} from '../window/state.js';
import type { WindowLog } from '../window/window-log.js';

/** A process that has not reported for this long is dead, and its slots are free again. */
export const LEASE_MS = 10 * SECOND_MS;

/** When no process has reported for this long, Redis was unavailable. */
const OUTAGE_MS = 3 * SECOND_MS;

/** How long all processes have to report what they know after Redis was unavailable or lost its data. */
const SETTLE_MS = 3 * SECOND_MS;

/** How often a process says that it is alive if it has nothing else to write. */
const RENEWAL_MS = SECOND_MS;

/** Returns the state that the text holds; `undefined` if there is none or it is not ours. */
export function parseSharedState(text: string): SharedState | undefined {
  if (text === '') return undefined;
  try {
    return sharedStateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Creates the state of a quota that Redis does not know. `dataSince` is when the data of that Redis began: one that
 * has just begun may have lost what other processes are about to report.
 */
export function createSharedState(dataSince: number, now: number): SharedState {
  return {
    ...createWindowLogState(),
    generation: randomUUID().slice(0, 8),
    touchedAt: now,
    settlesAt: dataSince + SETTLE_MS,
    members: {},
  };
}

interface Opening {
  now: number;
  ownerId: string;
  /** Names the running server; absent if it does not tell. */
  server?: string;
}

/**
 * Prepares a state that was just read. No expiry lies further ahead than it may. Time in which no process could
 * report does not count against leases and allotments, and after it all processes have a moment to report. So they
 * have after a failover or a restart, which may have lost the last writes.
 */
export function openSharedState(state: SharedState, { now, ownerId, server }: Opening): void {
  const { members, leases, touchedAt } = state;
  const isSilent = now - touchedAt > OUTAGE_MS;
  const isMoved = server !== undefined && state.server !== undefined && server !== state.server;
  const renew = (until: number) => {
    const renewed = (isSilent || isMoved) && until > touchedAt ? Math.max(until, now + SETTLE_MS) : until;
    return Math.min(renewed, now + LEASE_MS);
  };
  for (const [id, until] of Object.entries(leases)) leases[id] = renew(until);
  for (const [id, member] of Object.entries(members)) {
    member.until = renew(member.until);
    if (member.until <= now) delete members[id];
  }
  if (isMoved || (isSilent && hasOthers(state, ownerId))) state.settlesAt = now + SETTLE_MS;
  state.settlesAt = Math.min(state.settlesAt, now + SETTLE_MS);
  state.touchedAt = isSilent || isMoved ? now : Math.min(touchedAt, now);
  if (server !== undefined) state.server = server;
}

/** Returns whether another process uses the quota. */
export function hasOthers({ members }: SharedState, ownerId: string): boolean {
  return Object.keys(members).some((id) => id !== ownerId);
}

/** Returns what is set aside for other processes. */
export function sumHeld(
  { members }: SharedState,
  ownerId: string,
): { heldStarts: number; heldSlots: number } {
  const others = Object.entries(members).filter(([id]) => id !== ownerId);
  return {
    heldStarts: others.reduce((sum, [, { starts }]) => sum + starts, 0),
    heldSlots: others.reduce((sum, [, { slots }]) => sum + slots, 0),
  };
}

interface AllotmentOptions {
  ownerId: string;
  share: number;
  /** The reservations made by this process's own waiters. */
  ownReserved: Reservations;
}

/**
 * Sets aside a share of what is free for this process, which it may use when it loses Redis. When others wait for
 * a start or a slot, nothing of that is set aside.
 */
export function allot(
  state: SharedState,
  log: WindowLog,
  now: number,
  { ownerId, share, ownReserved }: AllotmentOptions,
): void {
  const { reserved, members } = state;
  const isWanted = (resource: keyof Reservations) =>
    reserved[resource] > now && reserved[resource] !== ownReserved[resource];
  const { freeStarts, freeSlots } = log;
  const allotment: Allotment = {
    starts: isWanted('start') ? 0 : takeShare(freeStarts, share),
    slots: isWanted('slot') ? 0 : Math.min(freeSlots, Math.max(1, takeShare(freeSlots, share))),
    until: now + LEASE_MS,
  };
  const current = members[ownerId];
  const isSame = current?.starts === allotment.starts && current.slots === allotment.slots;
  // Written again only when there is something to say: other processes' writes must not fail for nothing.
  if (isSame && current.until - now > LEASE_MS - RENEWAL_MS) return;
  members[ownerId] = allotment;
  state.touchedAt = now;
}

function takeShare(free: number, share: number): number {
  return Math.max(0, Math.floor(free * share));
}
