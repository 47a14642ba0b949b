// One process of many that never stops calling, in each place a Redis of its own for a Mixpanel of its own. Started
// by redis-faults.process.test.ts from the built package.
import { setTimeout as sleep } from 'node:timers/promises';
import { createRateLimiter } from '../../dist/rate-limit/limiter.js';
import { RedisConnection } from '../../dist/redis/index.js';

const [windowMs, clockOffsetMs, places] = process.argv.slice(2);
const realNow = Date.now;
Date.now = () => realNow() + Number(clockOffsetMs);

for (const [redisUrl, judgeUrl] of JSON.parse(places)) {
  const limiter = createRateLimiter({
    redis: new RedisConnection(redisUrl),
    shareWithoutRedis: 0.25,
    limits: { query: { windows: [{ limit: 60, windowMs: Number(windowMs) }], concurrent: 5 } },
  });
  for (let caller = 0; caller < 4; caller += 1) void callForever(limiter, judgeUrl);
}

async function callForever(limiter, judgeUrl) {
  const scope = { region: 'US', projectId: '1234567', family: 'query' };
  const call = async (lease) => {
    const { status } = await fetch(judgeUrl);
    lease.reportOutcome({ kind: 'answered', status, headers: {} });
  };
  for (;;) {
    // A refusal is an answer too; the caller tries again.
    await limiter.run(scope, call, { deadline: Date.now() + 5000 }).catch(() => sleep(100));
  }
}
process.on('disconnect', () => process.exit());
