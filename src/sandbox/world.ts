import type { SandboxProject } from './exchange.js';
import type { Write } from './write.js';

/** Everything the endpoints answer from. */
export interface World {
  readonly projects: readonly SandboxProject[];
  /** The sandbox's time, epoch milliseconds. */
  now(): number;
  /** Takes writes in; the next query sees them. */
  write(writes: readonly Write[]): void;
  /** Called with everything taken in by `write`, before it returns: the place of a journal. */
  onWrite?: (writes: readonly Write[]) => void;
}
