/** How many seeds a randomized test tries: 50, in CI 1,000, or what the environment variable `SEEDS` says. */
export const SEEDS = Number(process.env.SEEDS || (process.env.CI ? 1000 : 50));

/** The same for tests over sockets, which take a hundred times as long: 50, in CI 200. */
export const SOCKET_SEEDS = Math.min(SEEDS, 200);
