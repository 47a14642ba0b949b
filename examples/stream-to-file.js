// Streams a download of any size into a file, in flat memory, and continues where it broke off.
// Run it on the built-in sandbox: node examples/stream-to-file.js events.ndjson
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createPlugin } from 'mixpanel-datasource';
import { startSandbox } from 'mixpanel-datasource/sandbox';

const file = process.argv[2] ?? 'events.ndjson';
const sandbox = await startSandbox();
const plugin = createPlugin({ hosts: sandbox.hosts });

const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
let resumeToken;
let rows = 0;
for (let attempt = 1; attempt <= 3; attempt++) {
  const stream = plugin.stream({
    datasource: { username: 'sandbox.demo.mp-service-account', password: 'sandbox', projectId: '1234567' },
    command: 'DOWNLOAD_DATA',
    parameters: { fromDate: day(7), toDate: day(1) },
    resumeToken,
  });
  try {
    await pipeline(
      stream,
      async function* (source) {
        for await (const row of source) {
          rows += 1;
          yield `${JSON.stringify(row)}\n`;
        }
      },
      createWriteStream(file, { flags: attempt === 1 ? 'w' : 'a' }),
    );
    break;
  } catch (error) {
    // Rows that were delivered stay; the token continues after them, in another process too.
    resumeToken = error.resumeToken;
    if (!resumeToken) throw error;
  }
}
console.log(`${rows} events in ${file}`);

await plugin.close();
await sandbox.close();
