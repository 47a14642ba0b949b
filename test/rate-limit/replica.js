// One process of many: answers each query its parent sends, through a plugin that shares a Redis. Run by
// multi-process.process.test.ts from the built package, as a host would.
import { createPlugin } from '../../dist/plugin.js';

const [redis, hosts] = process.argv.slice(2);
const plugin = createPlugin({ redis, hosts: JSON.parse(hosts), timeoutMs: 150_000 });

process.on('message', async ({ number, call }) => {
  const { ok, body, error, meta } = await plugin.execute(call);
  process.send({ number, answer: { ok, body, message: error?.message, cache: meta.cache?.state } });
});
process.on('disconnect', () => plugin.close());
process.send('ready');
