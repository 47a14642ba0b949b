import { availableParallelism, loadavg } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// Tests wait for states, so the limits only have to end what hangs. They grow with the load of the machine.
const LOAD_FACTOR = Math.max(1, loadavg()[0]! / availableParallelism());
const MINUTE_MS = 60_000;

const limits = {
  testTimeout: 2 * MINUTE_MS * LOAD_FACTOR,
  hookTimeout: 3 * MINUTE_MS * LOAD_FACTOR,
  expect: { poll: { timeout: MINUTE_MS * LOAD_FACTOR } },
};

/**
 * The end of a test file's name says its project: `.http.test.ts` opens sockets, `.process.test.ts` starts
 * processes or needs the build, `.browser.test.ts` opens a browser, and every other `.test.ts` is a unit test.
 */
function project(
  name: 'http' | 'process' | 'browser',
  test: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration {
  return { test: { name, include: [`test/**/*.${name}.test.ts`], ...limits, ...test } };
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{http,process,browser}.test.ts'],
          // Most of a unit test's time is importing, and these files share nothing.
          isolate: false,
          ...limits,
        },
      },
      project('http'),
      project('process', { globalSetup: 'test/build.ts' }),
      project('browser', { globalSetup: 'test/build.ts' }),
    ],
  },
});
