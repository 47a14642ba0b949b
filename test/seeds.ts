/** How many seeds a randomized test tries: 50, in CI 1,000, or what the environment variable `SEEDS` says. */
export const SEEDS = Number(process.env.SEEDS || (process.env.CI ? 1000 : 50));

/** The same for tests over sockets, which take a hundred times as long: 50, in CI 200. */
export const SOCKET_SEEDS = Math.min(SEEDS, 200);

/** Returns a source of random numbers from 0 to 1 that gives the same sequence for the same seed (Mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
