import type { Family } from '../mixpanel/regions.js';
import { createMemoryBook } from './book.js';
import type { QuotaListener } from './events.js';
import type { QuotaGate, QuotaScope } from './gate.js';
import { Lane } from './lane.js';
import { type FamilyLimits, MIXPANEL_LIMITS } from './limits.js';

export type { QuotaEvent, QuotaListener } from './events.js';
export type { Outcome, Priority, QuotaGate, QuotaScope, QuotaStatus, RunOptions, Slot } from './gate.js';
export type { FamilyLimits, RollingWindow } from './limits.js';

export interface QuotaGateOptions {
  /** Limits other than the published ones, by API family. */
  limits?: Partial<Record<Family, FamilyLimits>>;
  /** Hears of every start, refund and refusal; for counters and logs. */
  onEvent?: QuotaListener;
}

/** Makes the gate every call to Mixpanel goes through. */
export function createQuotaGate({ limits, onEvent = () => {} }: QuotaGateOptions = {}): QuotaGate {
  const lanes = new Map<string, Lane>();
  const allLimits = { ...MIXPANEL_LIMITS, ...limits };
  const laneOf = (scope: QuotaScope): Lane => {
    const key = [scope.region, scope.projectId, scope.family].join(' ');
    let lane = lanes.get(key);
    if (!lane) {
      lane = new Lane(scope, createMemoryBook(allLimits[scope.family]));
      lanes.set(key, lane);
    }
    return lane;
  };
  return {
    run: (scope, task, options = {}) => laneOf(scope).run(task, options, onEvent),
    status: (scope) => laneOf(scope).status(),
    close: async () => lanes.clear(),
  };
}
