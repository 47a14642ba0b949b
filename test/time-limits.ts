import { availableParallelism, loadavg } from 'node:os';

// Tests wait for states, so a limit only has to end what hangs. It grows with the load of the machine.
export const LOAD_FACTOR = Math.max(1, loadavg()[0]! / availableParallelism());

/** How long a test may wait for one state. */
export const MAX_WAIT_MS = 60_000 * LOAD_FACTOR;
export const MAX_TEST_MS = 3 * MAX_WAIT_MS;
export const MAX_HOOK_MS = 3 * MAX_WAIT_MS;
