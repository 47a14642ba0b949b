import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A slow machine is not a failure: what is waited for is the state, not the time.
    expect: { poll: { timeout: 15_000 } },
  },
});
