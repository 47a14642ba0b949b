import { exec, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runCli } from '../cli-process.js';
import { daysAgo } from '../days.js';

const LAST_DAYS = ['-p', `fromDate=${daysAgo(3)}`, '-p', `toDate=${daysAgo(1)}`];

test('the system can run it, as npx does', async () => {
  const { stdout } = await promisify(execFile)('dist/cli/main.js', ['--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('its exit code is that of the failure, and nothing is on stdout', async () => {
  const { code, stdout, stderr } = await runCli(['run', 'GET_TOP_EVENTS', '-p', 'limt=3']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe('There is no field "limt" in GET_TOP_EVENTS. Did you mean limit?\n');
});

test('it ends quietly when its reader stops early', async () => {
  const command = `"${process.execPath}" dist/cli/main.js run DOWNLOAD_DATA --sandbox ${LAST_DAYS.join(' ')} --format ndjson | head -n 1`;
  const { stdout, stderr } = await promisify(exec)(command);
  expect(JSON.parse(stdout)).toMatchObject({ event: expect.any(String) });
  expect(stderr).toBe('');
});
