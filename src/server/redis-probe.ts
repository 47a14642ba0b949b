import { RedisConnection, type RedisTarget } from '../redis/index.js';
import type { Dependency } from './health.js';

/**
 * Checks over a connection of its own whether quota and results are shared right now. Rejects with `PluginError` when
 * Redis can never be used as configured; one that may still come up is waited for in the background.
 */
export async function watchRedis(target: RedisTarget): Promise<Dependency & { close(): Promise<void> }> {
  const connection = new RedisConnection(target);
  await connection.verify().catch(async (error) => {
    await connection.close();
    throw error;
  });
  return {
    name: 'redis',
    async check() {
      await connection.call('PING').catch(() => {
        throw new Error(connection.reason);
      });
    },
    close: () => connection.close(),
  };
}
