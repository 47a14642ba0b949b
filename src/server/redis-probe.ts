import { RedisConnection } from '../redis.js';
import type { Dependency } from './health.js';

/** A look at Redis over a connection of its own, which says whether quota and results are shared right now. */
export function watchRedis(url: string): Dependency & { close(): Promise<void> } {
  const link = new RedisConnection(url);
  return {
    name: 'redis',
    async check() {
      await link.call('PING');
    },
    close: () => link.close(),
  };
}
