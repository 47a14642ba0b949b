import { HOUR_MS } from '../time/durations.js';
import type { FamilyLimits } from './limits.js';
import { Scheduler } from './scheduler.js';
import type { SnapshotFile } from './store/file.js';
import { createMemoryStore } from './store/memory.js';
import type { QuotaScope } from './types.js';

/** The lanes of one process, and the file that remembers them. */
export interface LimiterRegistry {
  schedulers: Map<string, Scheduler>;
  file?: SnapshotFile;
}

/** Twice the longest window. */
const MAX_IDLE_MS = 2 * HOUR_MS;

/**
 * Every gate of a process shares one set of ledgers, since Mixpanel counts per project, not per instance of this
 * package. It hangs on `process` under a registered symbol and not in this module, because hosts load our code
 * twice: two versions in one node_modules tree, a bundle beside the package, a plugin reloaded after an edit.
 * The number goes up when what is shared changes its shape.
 */
const REGISTRY = Symbol.for('mixpanel-datasource.rate-limit.2');

export function getSharedRegistry(): LimiterRegistry {
  const owner = process as typeof process & { [REGISTRY]?: LimiterRegistry };
  owner[REGISTRY] ??= createRegistry();
  return owner[REGISTRY];
}

export function createRegistry(): LimiterRegistry {
  return { schedulers: new Map() };
}

/** The lane of a scope; whoever speaks of a project first decides its limits. */
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

/** Lets go of lanes whose windows have long been empty, so that a host of many projects does not grow for ever. */
function evictIdle({ schedulers }: LimiterRegistry): void {
  const cutoff = Date.now() - MAX_IDLE_MS;
  for (const [key, scheduler] of schedulers) if (scheduler.idleSince < cutoff) schedulers.delete(key);
}

/** A lane whose ledger lives in this process, and in the home's file if it has one. */
export function createMemoryScheduler(
  registry: LimiterRegistry,
  scope: QuotaScope,
  key: string,
  limits: FamilyLimits,
): Scheduler {
  const state = registry.file?.load(key);
  return new Scheduler(
    scope,
    createMemoryStore({ limits, state, onChange: (changed) => registry.file?.save(key, changed) }),
  );
}
