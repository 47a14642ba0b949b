import { guarded } from '../cache/safe-listener.js';
import { PluginError } from '../errors.js';
import type { Family } from '../mixpanel/regions.js';
import type { RedisLink } from '../redis.js';
import type { QuotaListener } from './events.js';
import { type FamilyLimits, MIXPANEL_LIMITS } from './limits.js';
import { laneOf, memoryLane, newHome, sharedHome } from './registry.js';
import { Lane } from './scheduler.js';
import { LedgerFile } from './store/file.js';
import { RedisBook } from './store/redis.js';
import type { QuotaGate, QuotaScope } from './types.js';

export type { QuotaEvent, QuotaListener } from './events.js';
export { type FamilyLimits, MIXPANEL_LIMITS } from './limits.js';
export type { Outcome, QuotaGate, QuotaScope, RunOptions, Slot } from './types.js';

export interface QuotaGateOptions {
  /**
   * Whether the ledgers are those of the whole process, as they must be for one Mixpanel; `true` unless told.
   * `false` for another Mixpanel (a local one), whose project ids mean other projects.
   */
  shared?: boolean;
  /** Shares the ledgers with other processes. */
  redis?: RedisLink;
  /**
   * The part of each limit this process allows itself while Redis is gone: 0.1 unless told. Alone, a process
   * cannot know how many others there are. With a tenth, ten that went blind together still keep within the
   * limits; with more of them Mixpanel answers some calls 429, which cost nothing and slow everybody down.
   */
  shareWithoutRedis?: number;
  /** Limits other than the published ones, by API family. Whoever speaks of a project first decides its limits. */
  limits?: Partial<Record<Family, FamilyLimits>>;
  /** A file that keeps the ledgers over a restart of a single process, instead of Redis. The first told counts. */
  persistTo?: string;
  /** Hears of every start, refund and refusal; for counters and logs. */
  onEvent?: QuotaListener;
}

/**
 * Makes the gate that every call to Mixpanel goes through.
 *
 * @example
 * const gate = createQuotaGate();
 * const scope = { region: 'US', projectId: '1234567', family: 'query' };
 * const rows = await gate.run(scope, async (slot) => {
 *   const answer = await fetch(url);
 *   slot.settle({ kind: 'answered', status: answer.status, headers: Object.fromEntries(answer.headers) });
 *   return answer.json();
 * }, { deadline: Date.now() + 10_000 });
 */
export function createQuotaGate(options: QuotaGateOptions = {}): QuotaGate {
  const { shared = true, redis, shareWithoutRedis = 0.1, persistTo, onEvent } = options;
  // A listener of this gate's own, by which its waiters are known in a shared line.
  const emit: QuotaListener = guarded(onEvent);
  const limits = { ...MIXPANEL_LIMITS, ...options.limits };
  // With Redis the processes share through it, and each gate's line of waiters is its own.
  const home = shared && !redis ? sharedHome() : newHome();
  if (persistTo)
    home.file ??= new LedgerFile(persistTo, (message) => emit({ type: 'file-trouble', message }));
  let closed = false;

  const find = (scope: QuotaScope): Lane =>
    laneOf(home, scope, (key) => {
      const familyLimits = limits[scope.family];
      // What has no limits has nothing to share.
      if (!redis || familyLimits.windows.length === 0) return memoryLane(home, scope, key, familyLimits);
      const redisKey = `mixpanel-datasource:ledger.1:${key}`;
      return new Lane(
        scope,
        new RedisBook({ link: redis, key: redisKey, limits: familyLimits, share: shareWithoutRedis }),
      );
    });

  return {
    run(scope, task, runOptions = {}) {
      return closed ? Promise.reject(closedGate()) : find(scope).run(task, runOptions, emit);
    },
    status: (scope) => find(scope).status(),
    async close() {
      closed = true;
      await Promise.all([...home.lanes.values()].map((lane) => lane.dismiss(emit)));
      await home.file?.flush();
    },
  };
}

function closedGate(): PluginError {
  return new PluginError('CANCELLED', 'The plugin was closed; nothing was sent. Make a new one.');
}
