import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { MAX_HOOK_MS, MAX_TEST_MS, MAX_WAIT_MS } from './test/time-limits.js';

const limits = {
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
  return { test: { name, include: [`test/**/*.${name}.test.ts`], ...limits, ...test } };
}

export default defineConfig({
  test: {
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
          // Most of a unit test's time is importing, and these files share nothing.
          isolate: false,
          ...limits,
        },
      },
      project('http'),
      // Faults of Redis are waited out side by side.
      project('process', { globalSetup: 'test/build.ts', maxConcurrency: 20 }),
      project('browser', { globalSetup: 'test/build.ts' }),
    ],
  },
});
