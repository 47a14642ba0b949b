import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openQuota } from '../../src/cli/quota-file.js';
import { createPlugin } from '../../src/plugin.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';
import { type InProcessOptions, runCli as run } from './in-process.js';

let shop: SandboxFixture;
let folder: string;

beforeAll(async () => {
  shop = await startSandboxFixture({ events: 100, days: 5 });
});
afterAll(() => shop.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-'));
});
afterEach(() => rm(folder, { recursive: true }));

function runCli(args: readonly string[], options: InProcessOptions = {}) {
  const env = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, ...options.env };
  return run(args, { ...options, env });
}

const profileFile = () => join(folder, 'mixpanel-datasource', 'profiles.json');

function logIn(...more: string[]) {
  const { username, password, projectId } = shop.datasource;
  const account = ['--username', username, '--project', projectId, '--mixpanel-url', shop.sandbox.url];
  return runCli(['login', ...account, '--password-stdin', ...more], { input: `${password}\n` });
}

test('login keeps checked credentials in a file of its owner, and queries use them', async () => {
  const { code, stdout } = await logIn();
  expect([code, stdout]).toEqual([0, expect.stringContaining('Saved as profile default')]);
  expect((await stat(profileFile())).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'mixpanel-datasource'))).mode & 0o777).toBe(0o700);
  const result = await runCli(['run', 'top-events', '--mixpanel-url', shop.sandbox.url]);
  expect([result.code, JSON.parse(result.stdout).length > 0]).toEqual([0, true]);
});

test('login asks at a terminal, and never shows the password', async () => {
  const { username, password, projectId } = shop.datasource;
  const { code, stdout, stderr } = await runCli(
    ['login', '--profile', 'eu', '--mixpanel-url', shop.sandbox.url],
    {
      columns: 80,
      answers: [
        ['Username', username],
        ['secret', password],
        ['Region', 'eu'],
        ['project', projectId],
      ],
    },
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining('Region (US, EU, IN)')]);
  expect(stdout).toContain('Use it with --profile eu.');
  expect(stdout + stderr.replace(username, '')).not.toContain(password === 'sandbox' ? ' sandbox' : password);
  expect(JSON.parse(await readFile(profileFile(), 'utf8'))).toEqual({
    profiles: { eu: { username, password, region: 'EU', projectId } },
  });
});

test('credentials that do not work are not saved', async () => {
  const args = ['login', '--username', 'nobody', '--password-stdin', '--mixpanel-url', shop.sandbox.url];
  const { code, stderr } = await runCli(args, { input: 'wrong-secret' });
  expect([code, stderr]).toEqual([3, expect.stringContaining('Nothing was saved.')]);
  expect(stderr).not.toContain('wrong-secret');
  await expect(stat(profileFile())).rejects.toThrow('ENOENT');
});

test('without a terminal login says how to give the password', async () => {
  const { code, stderr } = await runCli(['login', '--username', 'nobody']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--password-stdin')]);
});

test('profiles lists accounts without secrets, and logout forgets one', async () => {
  await logIn();
  await logIn('--profile', 'other', '--region', 'EU');
  const { stdout } = await runCli(['profiles', '--json']);
  const { username, projectId } = shop.datasource;
  expect(JSON.parse(stdout)).toEqual([
    { profile: 'default', username, region: 'US', projectId },
    { profile: 'other', username, region: 'EU', projectId },
  ]);
  expect((await runCli(['logout', '--profile', 'other'])).code).toBe(0);
  expect((await runCli(['profiles'])).stdout).toBe(`default\t${username}\tUS\t${projectId}\n`);
  expect((await runCli(['logout', '--profile', 'other'])).stderr).toContain(
    'There is no profile "other". There are default.',
  );
});

test('a file of profiles that others can read is not used', async () => {
  await logIn();
  await chmod(profileFile(), 0o644);
  const { code, stderr } = await runCli(['run', 'top-events', '--mixpanel-url', shop.sandbox.url]);
  expect([code, stderr]).toEqual([3, expect.stringContaining(`Run "chmod 600 ${profileFile()}"`)]);
});

test('a file of profiles that cannot be understood is not quoted', async () => {
  await logIn();
  await writeFile(profileFile(), '{"profiles": {"default": {"password": "s3cret"');
  const { code, stderr } = await runCli(['profiles']);
  expect([code, stderr]).toEqual([3, expect.stringContaining('cannot be understood')]);
  expect(stderr).not.toContain('s3cret');
});

test('the environment goes before the default profile, and a named profile before the environment', async () => {
  await logIn();
  const env = { MIXPANEL_USERNAME: 'nobody', MIXPANEL_PASSWORD: 'nothing' };
  const args = ['test', '--mixpanel-url', shop.sandbox.url];
  expect((await runCli(args, { env })).code).toBe(3);
  expect((await runCli([...args, '--profile', 'default'], { env })).code).toBe(0);
  expect((await runCli(args, { env: { ...env, MIXPANEL_PROFILE: 'default' } })).code).toBe(0);
  expect((await runCli(args, { env: { MIXPANEL_USERNAME: 'nobody' } })).stderr).toContain(
    'MIXPANEL_PASSWORD is not set',
  );
});

test.each([
  ['MIXPANEL_REGION', 'UK', /^MIXPANEL_REGION: must be one of US, EU, IN\. Received: UK\.$/m],
  [
    'MIXPANEL_PROJECT_ID',
    'shop',
    /^MIXPANEL_PROJECT_ID: must be a number, such as 1234567\. Received: shop\.$/m,
  ],
])('%s=%s is wrong input', async (name, value, message) => {
  const env = { MIXPANEL_USERNAME: 'u', MIXPANEL_PASSWORD: 'p', [name]: value };
  const { code, stderr } = await runCli(['run', 'top-events'], { env });
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test('quota shows what earlier runs used, without credentials', async () => {
  const { projectId } = shop.datasource;
  const env = { XDG_STATE_HOME: folder };
  const before = await runCli(['quota', '--project', projectId]);
  expect(before.stdout).toBe(
    `Project ${projectId} (US): 60 of 60 queries left this hour. The next can start now.\n`,
  );
  // What a run does, but with the hosts of the sandbox.
  const plugin = createPlugin({ hosts: shop.sandbox.hosts, quota: await openQuota({ env }) });
  await plugin.execute({ datasource: shop.datasource, command: 'GET_TOP_EVENTS', parameters: {} });
  await plugin.close();
  const { stdout } = await runCli(['quota', '--json'], { env: { MIXPANEL_PROJECT_ID: projectId } });
  expect(JSON.parse(stdout)).toMatchObject({ projectId, region: 'US', limit: 60, left: 59 });
  const text = await runCli(['quota', '--project', projectId]);
  expect(text.stdout).toMatch(
    /59 of 60 queries left this hour\. .* All 60 are free again at \d\d:\d\d:\d\d\.\n$/,
  );
});

test('quota takes project and region from a profile, and says which are wrong', async () => {
  await logIn('--region', 'EU');
  expect((await runCli(['quota'])).stdout).toContain(`Project ${shop.datasource.projectId} (EU): 60 of 60`);
  const { code, stderr } = await runCli(['quota', '--project', 'shop', '--region', 'UK']);
  expect([code, stderr.trimEnd().split('\n')]).toEqual([
    2,
    [expect.stringContaining('Received: shop.'), expect.stringContaining('Received: UK.')],
  ]);
  expect((await run(['quota'])).stderr).toContain('No project. Give --project');
});
