import { HOUR_MS } from '../time/durations.js';
import { Scheduler } from './scheduler.js';
import type { SnapshotFile } from './store/file.js';
import { createMemoryStore } from './store/memory.js';
import type { QuotaScope } from './types.js';
import type { FamilyLimits } from './window/limits.js';

/** The schedulers of one process by scope, and the file that keeps their state. */
export interface LimiterRegistry {
  schedulers: Map<string, Scheduler>;
  file?: SnapshotFile;
}

/** Twice the longest window. */
const MAX_IDLE_MS = 2 * HOUR_MS;

/**
 * All limiters of a process share one registry, since Mixpanel counts per project. It hangs on `process` under a
 * registered symbol because hosts load our code twice: two versions in one tree, a bundle beside the package, a
 * reload after an edit. The number goes up when what is shared changes its shape.
 */
const REGISTRY = Symbol.for('mixpanel-datasource.rate-limit.3');

export function getSharedRegistry(): LimiterRegistry {
  const owner = process as typeof process & { [REGISTRY]?: LimiterRegistry };
  owner[REGISTRY] ??= createRegistry();
  return owner[REGISTRY];
}

export function createRegistry(): LimiterRegistry {
  return { schedulers: new Map() };
}

/** Returns the scheduler of a scope. The first caller for a project sets its limits. */
export function getOrCreateScheduler(
  registry: LimiterRegistry,
  scope: QuotaScope,
  createScheduler: (key: string) => Scheduler,
): Scheduler {
  const key = [scope.region, scope.projectId, scope.family].join(':');
  let scheduler = registry.schedulers.get(key);
  if (!scheduler) {
    evictIdle(registry);
    scheduler = createScheduler(key);
    registry.schedulers.set(key, scheduler);
  }
  return scheduler;
}

/** Drops schedulers whose windows have long been empty, so that a host of many projects does not grow forever. */
function evictIdle({ schedulers }: LimiterRegistry): void {
  const cutoff = Date.now() - MAX_IDLE_MS;
  for (const [key, scheduler] of schedulers) if (scheduler.idleSince < cutoff) schedulers.delete(key);
}

/** Creates a scheduler whose state lives in this process, and in the registry's file if it has one. */
export function createMemoryScheduler(
  registry: LimiterRegistry,
  scope: QuotaScope,
  key: string,
  limits: FamilyLimits,
): Scheduler {
  const state = registry.file?.load(key);
  return new Scheduler(
    scope,
    createMemoryStore({ limits, state, save: (saved) => registry.file?.save(key, saved) }),
  );
}
