import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/errors.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';
import { type InProcessOptions, runCli } from './in-process.js';

let shop: SandboxFixture;
beforeAll(async () => {
  shop = await startSandboxFixture();
});
afterAll(() => shop.close());

function lookUp(args: readonly string[], options: InProcessOptions = {}) {
  const { username, password, projectId } = shop.datasource;
  const env = { MIXPANEL_USERNAME: username, MIXPANEL_PASSWORD: password, MIXPANEL_PROJECT_ID: projectId };
  return runCli(['look-up', ...args, '--mixpanel-url', shop.sandbox.url], { ...options, env });
}

test('a saved report is found by words of its name, at no cost', async () => {
  const { code, stdout, stderr } = await lookUp(['reports', 'purchases', 'day', '--json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual([
    { value: '67890', label: expect.stringMatching(/^Signups and purchases by day \(Insights, .*67890\)$/) },
  ]);
});

test('a terminal gets a table, and is told what a look-up cost', async () => {
  const { code, stdout, stderr } = await lookUp(['properties', '-p', 'event=Signup'], { columns: 80 });
  expect(code).toBe(0);
  expect(stdout).toContain('plan');
  expect(stderr).toContain('1 query used.');
});

test('what there is not is named, with what was likely meant', async () => {
  const { code, stderr } = await lookUp(['report']);
  expect([code, stderr]).toEqual([
    EXIT_CODES.input,
    'There is nothing to look up by the name "report". Did you mean reports?\n',
  ]);
});

test('the help says what each look-up costs and needs', async () => {
  const { stdout } = await runCli(['look-up', '--help']);
  expect(stdout).toContain('  reports: Looking up saved reports costs no query.\n');
  expect(stdout).toContain(
    '  properties: Looking up properties costs 1 query, and none for an hour after that. It needs event.\n',
  );
});
