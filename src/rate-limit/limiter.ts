import { safeListener } from '../cache/safe-listener.js';
import { PluginError } from '../errors.js';
import type { Family } from '../mixpanel/regions.js';
import type { RedisConnection } from '../redis.js';
import type { LimiterListener } from './events.js';
import { type FamilyLimits, MIXPANEL_LIMITS } from './limits.js';
import {
  createMemoryScheduler,
  createRegistry,
  getOrCreateScheduler,
  getSharedRegistry,
} from './registry.js';
import { Scheduler } from './scheduler.js';
import { SnapshotFile } from './store/file.js';
import { RedisStore } from './store/redis.js';
import type { QuotaScope, RateLimiter } from './types.js';

export type { LimiterEvent, LimiterListener } from './events.js';
export { type FamilyLimits, MIXPANEL_LIMITS } from './limits.js';
export type { Lease, QuotaScope, RateLimiter, RequestOutcome, RunOptions } from './types.js';

export interface RateLimiterOptions {
  /**
   * Whether the ledgers are those of the whole process, as they must be for one Mixpanel; `true` unless told.
   * `false` for another Mixpanel (a local one), whose project ids mean other projects.
   */
  shared?: boolean;
  /** Shares the ledgers with other processes. */
  redis?: RedisConnection;
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
  onEvent?: LimiterListener;
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
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  const { shared = true, redis, shareWithoutRedis = 0.1, persistTo, onEvent } = options;
  // A listener of this gate's own, by which its waiters are known in a shared line.
  const emit: LimiterListener = safeListener(onEvent);
  const limits = { ...MIXPANEL_LIMITS, ...options.limits };
  // With Redis the processes share through it, and each gate's line of waiters is its own.
  const registry = shared && !redis ? getSharedRegistry() : createRegistry();
  if (persistTo)
    registry.file ??= new SnapshotFile(persistTo, (message) => emit({ type: 'file-trouble', message }));
  let isClosed = false;

  const getScheduler = (scope: QuotaScope): Scheduler =>
    getOrCreateScheduler(registry, scope, (key) => {
      const familyLimits = limits[scope.family];
      // What has no limits has nothing to share.
      if (!redis || familyLimits.windows.length === 0)
        return createMemoryScheduler(registry, scope, key, familyLimits);
      const redisKey = `mixpanel-datasource:ledger.1:${key}`;
      return new Scheduler(
        scope,
        new RedisStore({ connection: redis, key: redisKey, limits: familyLimits, share: shareWithoutRedis }),
      );
    });

  return {
    run(scope, task, runOptions = {}) {
      return isClosed ? Promise.reject(createClosedError()) : getScheduler(scope).run(task, runOptions, emit);
    },
    status: (scope) => getScheduler(scope).status(),
    async close() {
      isClosed = true;
      await Promise.all([...registry.schedulers.values()].map((scheduler) => scheduler.cancelWaiters(emit)));
      await registry.file?.flush();
    },
  };
}

function createClosedError(): PluginError {
  return new PluginError('CANCELLED', 'The plugin was closed; nothing was sent. Make a new one.');
}
