// Embeds the plugin: one query, its rows, and what it cost.
// Run it on the built-in sandbox: node examples/embed.js
import { createPlugin } from 'mixpanel-datasource';
import { startSandbox } from 'mixpanel-datasource/sandbox';

const sandbox = await startSandbox();
const plugin = createPlugin({ hosts: sandbox.hosts }); // without `hosts` it asks Mixpanel itself

const result = await plugin.execute({
  datasource: { username: 'sandbox.demo.mp-service-account', password: 'sandbox', projectId: '1234567' },
  command: 'GET_TOP_EVENTS',
  parameters: { limit: 3 },
});

if (result.ok) {
  console.table(result.body);
  console.log(`cost ${result.meta.cost} of the hour's queries, ${result.meta.quota?.left} left`);
} else {
  console.error(`${result.error.title}: ${result.error.message}`);
  process.exitCode = 1;
}

await plugin.close();
await sandbox.close();
