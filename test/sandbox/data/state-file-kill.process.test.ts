import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { PROJECTS } from '../../../src/sandbox/data/dataset/projects.js';
import { type CliProcess, startCli } from '../../cli-process.js';
import { daysAgo, today } from '../../days.js';
import { basicAuth } from '../requests.js';

const [{ id, token }] = PROJECTS as [(typeof PROJECTS)[number]];
const BATCHES = 200;

let child: CliProcess | undefined;
const folder = mkdtempSync(join(tmpdir(), 'sandbox-kill-'));

afterEach(() => {
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
  await child!.ended;
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

/** Starts the built command and returns its address once it serves. */
async function start(stateFile: string): Promise<string> {
  child = startCli(['sandbox', '--port', '0', '--events', '1000', '--users', '50', '--state', stateFile]);
  await child.printed('Ctrl-C');
  const [url] = /http:\/\/\S+/.exec(child.output.stdout) ?? [];
  return url!;
}
