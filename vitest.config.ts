import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { MAX_HOOK_MS, MAX_TEST_MS, MAX_WAIT_MS } from './test/time-limits.js';

const settings = {
  // Importing takes longer than most files' tests, and files that share a process share no state.
  isolate: false,
  testTimeout: MAX_TEST_MS,
  hookTimeout: MAX_HOOK_MS,
  expect: { poll: { timeout: MAX_WAIT_MS } },
};

/**
 * The end of a test file's name says its project: `.http.test.ts` opens sockets, `.process.test.ts` starts
 * processes or needs the build, `.browser.test.ts` opens a browser, and every other `.test.ts` is a unit test.
 */
function project(
  name: 'http' | 'process' | 'browser',
  test: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration {
  return { test: { name, include: [`test/**/*.${name}.test.ts`], ...settings, ...test } };
}

export default defineConfig({
  test: {
    // By default one processor stays free, which on a small machine is half of it.
    maxWorkers: '100%',
    coverage: {
      include: ['src/**/*.ts'],
      exclude: ['src/workbench/page/**'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{http,process,browser}.test.ts'],
          ...settings,
        },
      },
      project('http'),
      // Faults of Redis are waited out side by side.
      project('process', { globalSetup: 'test/build.ts', maxConcurrency: 20 }),
      project('browser', { globalSetup: 'test/build.ts' }),
    ],
  },
});
