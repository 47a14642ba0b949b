import { PluginError, safeListener } from '../errors.js';
import type { Family } from '../mixpanel/regions.js';
import type { RedisConnection } from '../redis/index.js';
import type { LimiterListener } from './events.js';
import {
  createMemoryScheduler,
  createRegistry,
  getOrCreateScheduler,
  getSharedRegistry,
} from './registry.js';
import { Scheduler } from './scheduler.js';
import { SnapshotFile } from './store/file.js';
import { createRedisKey, introduceToRedis, RedisStore } from './store/redis.js';
import type { QuotaScope, RateLimiter } from './types.js';
import { type FamilyLimits, MIXPANEL_LIMITS } from './window/limits.js';

export interface RateLimiterOptions {
  /**
   * Whether all limiters of the process share one quota, as they must for one Mixpanel; `true` by default. Set it
   * to `false` for another Mixpanel (a local one), whose project ids mean other projects.
   */
  shared?: boolean;
  /** Shares the quota with other processes. */
  redis?: RedisConnection;
  /**
   * The part of each limit set aside for this process, to be used while Redis is unavailable; 0.1 by default. Set it
   * to one divided by the number of processes.
   */
  shareWithoutRedis?: number;
  /** Limits other than the published ones, by API family. The first limiter to use a project sets its limits. */
  limits?: Partial<Record<Family, FamilyLimits>>;
  /** A file that keeps the quota of a single process across restarts, instead of Redis. The first path given wins. */
  persistTo?: string;
  /** Receives every start, refund and refusal; for counters and logs. */
  onEvent?: LimiterListener;
}

/**
 * Creates the rate limiter that every call to Mixpanel goes through.
 *
 * @example
 * const limiter = createRateLimiter();
 * const scope = { region: 'US', projectId: '1234567', family: 'query' };
 * const rows = await limiter.run(scope, async (lease) => {
 *   const response = await fetch(url);
 *   const { status, headers } = response;
 *   lease.reportOutcome({ kind: 'answered', status, headers: Object.fromEntries(headers) });
 *   return response.json();
 * }, { deadline: Date.now() + 10_000 });
 */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  const { shared = true, redis, shareWithoutRedis = 0.1, persistTo, onEvent } = options;
  // A listener of this limiter's own, which identifies its waiters in a shared queue.
  const emit: LimiterListener = safeListener(onEvent);
  const limits = { ...MIXPANEL_LIMITS, ...options.limits };
  // With Redis the processes share through it, and each limiter has a queue of its own.
  const registry = shared && !redis ? getSharedRegistry() : createRegistry();
  if (persistTo)
    registry.file ??= new SnapshotFile(persistTo, (message) => emit({ type: 'file-trouble', message }));
  if (redis) void introduceToRedis(redis);
  let isClosed = false;

  const getScheduler = (scope: QuotaScope): Scheduler =>
    getOrCreateScheduler(registry, scope, (key) => {
      const familyLimits = limits[scope.family];
      // Without a limit there is nothing to share.
      if (!redis || familyLimits.windows.length === 0)
        return createMemoryScheduler(registry, scope, key, familyLimits);
      const store = new RedisStore({
        connection: redis,
        key: createRedisKey(key),
        limits: familyLimits,
        share: shareWithoutRedis,
        onDiscard: (message) => emit({ type: 'state-discarded', message }),
      });
      return new Scheduler(scope, store);
    });

  return {
    run(scope, task, runOptions = {}) {
      return isClosed ? Promise.reject(createClosedError()) : getScheduler(scope).run(task, runOptions, emit);
    },
    status: (scope) => getScheduler(scope).status(),
    async close() {
      isClosed = true;
      await Promise.all([...registry.schedulers.values()].map((scheduler) => scheduler.cancelWaiters(emit)));
      if (redis) await Promise.all([...registry.schedulers.values()].map((scheduler) => scheduler.close()));
      await registry.file?.flush();
    },
  };
}

function createClosedError(): PluginError {
  return new PluginError('CANCELLED', 'The plugin is closed. Nothing was sent. Create a new one.');
}
