/** The sandbox's time: the machine's, put forward as far as the control API was asked to. */
export interface SandboxClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Puts the clock forward; never back, since what happened cannot lie in the future. */
  advance(ms: number): void;
}

/** @param base what the clock goes by. */
export function createClock(base: () => number = () => Date.now()): SandboxClock {
  let offsetMs = 0;
  return {
    now: () => base() + offsetMs,
    advance(ms) {
      if (!(ms >= 0))
        throw new RangeError(`The clock goes forward only; it was asked to advance by ${ms} ms.`);
      offsetMs += ms;
    },
  };
}
