import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { PROJECTS } from '../../../src/sandbox/data/dataset/projects.js';
import { daysAgo, today } from '../../days.js';
import { basicAuth } from '../requests.js';

const [{ id, token }] = PROJECTS as [(typeof PROJECTS)[number]];
const BATCHES = 200;

let child: ChildProcess | undefined;
const folder = mkdtempSync(join(tmpdir(), 'sandbox-kill-'));

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('a sandbox killed in the midst of writes has everything it said yes to', async () => {
  const stateFile = join(folder, 'state.ndjson');
  let url = await start(stateFile);

  const acknowledged: string[] = [];
  const writing = Promise.all(
    Array.from({ length: BATCHES }, async (_, index) => {
      const event = {
        event: 'Kept',
        properties: { token, distinct_id: `u${index}`, $insert_id: `i${index}` },
      };
      const response = await fetch(`${url}/track`, { method: 'POST', body: JSON.stringify([event]) });
      if ((await response.text()) === '1') acknowledged.push(`i${index}`);
      if (acknowledged.length === BATCHES / 4) child?.kill('SIGKILL');
    }).map((sent) => sent.catch(() => undefined)),
  );
  await once(child!, 'exit');
  await writing;
  expect(acknowledged.length).toBeGreaterThanOrEqual(BATCHES / 4);

  url = await start(stateFile);
  const yesterday = daysAgo(1);
  const answer = await fetch(
    `${url}/api/2.0/export?project_id=${id}&event=["Kept"]&from_date=${yesterday}&to_date=${today()}`,
    { headers: { authorization: basicAuth('sandbox.demo.mp-service-account', 'sandbox') } },
  );
  const lines = (await answer.text()).trim().split('\n');
  const kept = lines.map((line) => JSON.parse(line).properties.$insert_id);
  expect(kept).toEqual(expect.arrayContaining(acknowledged));
});

/** Starts the built command, resolves with its address once it serves. */
function start(stateFile: string): Promise<string> {
  const started = spawn(
    process.execPath,
    ['dist/cli/main.js', 'sandbox', '--port', '0', '--events', '1000', '--users', '50', '--state', stateFile],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  child = started;
  return new Promise((resolve, reject) => {
    let output = '';
    started.stdout.on('data', (chunk) => {
      output += chunk;
      const [url] = /http:\/\/\S+/.exec(output) ?? [];
      if (url && output.includes('Ctrl-C')) resolve(url);
    });
    started.once('exit', () => reject(new Error(`The sandbox did not start: ${output}`)));
  });
}
