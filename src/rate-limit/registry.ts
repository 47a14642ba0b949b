import { type FamilyLimits, HOUR_MS } from './limits.js';
import { Lane } from './scheduler.js';
import type { LedgerFile } from './store/file.js';
import { createMemoryBook } from './store/memory.js';
import type { QuotaScope } from './types.js';

/** The lanes of one process, and the file that remembers them. */
export interface Home {
  lanes: Map<string, Lane>;
  file?: LedgerFile;
}

/** Twice the longest window. */
const UNUSED_MS = 2 * HOUR_MS;

/**
 * Every gate of a process shares one set of ledgers, since Mixpanel counts per project, not per instance of this
 * package. It hangs on `process` under a registered symbol and not in this module, because hosts load our code
 * twice: two versions in one node_modules tree, a bundle beside the package, a plugin reloaded after an edit.
 * The number goes up when what is shared changes its shape.
 */
const HOME = Symbol.for('mixpanel-datasource.quota.1');

export function sharedHome(): Home {
  const owner = process as typeof process & { [HOME]?: Home };
  owner[HOME] ??= newHome();
  return owner[HOME];
}

export function newHome(): Home {
  return { lanes: new Map() };
}

/** The lane of a scope; whoever speaks of a project first decides its limits. */
export function laneOf(home: Home, scope: QuotaScope, makeLane: (key: string) => Lane): Lane {
  const key = [scope.region, scope.projectId, scope.family].join(':');
  let lane = home.lanes.get(key);
  if (!lane) {
    forgetUnused(home);
    lane = makeLane(key);
    home.lanes.set(key, lane);
  }
  return lane;
}

/** Lets go of lanes whose windows have long been empty, so that a host of many projects does not grow for ever. */
function forgetUnused({ lanes }: Home): void {
  const before = Date.now() - UNUSED_MS;
  for (const [key, lane] of lanes) if (lane.unusedSince < before) lanes.delete(key);
}

/** A lane whose ledger lives in this process, and in the home's file if it has one. */
export function memoryLane(home: Home, scope: QuotaScope, key: string, limits: FamilyLimits): Lane {
  const state = home.file?.load(key);
  return new Lane(
    scope,
    createMemoryBook({ limits, state, onChange: (changed) => home.file?.keep(key, changed) }),
  );
}
