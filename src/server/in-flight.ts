import type { Context, MiddlewareHandler } from 'hono';
import { PluginError } from '../errors.js';

/** Given up once, when the work it stands for has ended. */
export type Leave = () => void;

/**
 * Counts the work under way and keeps it below a limit: more than Mixpanel lets through at a time only waits here
 * in memory. It also knows when the service is about to stop, and then lets nothing new in.
 */
export class InFlight {
  readonly #limit: number;
  readonly #abandon = new AbortController();
  readonly #waitingForIdle: (() => void)[] = [];
  #running = 0;
  #refused = 0;
  #draining = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  /** How many were turned away so far. */
  get refused(): number {
    return this.#refused;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Aborted when the work under way is given up. */
  get signal(): AbortSignal {
    return this.#abandon.signal;
  }

  /** @throws `BUSY`, with what to do, when there is no place. */
  enter(): Leave {
    if (this.#draining) throw this.#refuse('is shutting down. Run the query again in a moment.');
    if (this.#running >= this.#limit) {
      throw this.#refuse(
        `is busy: ${this.#limit} queries at a time are the most it takes. Run the query again in a moment, or start the service with a higher --max-in-flight.`,
      );
    }
    this.#running += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#running -= 1;
      if (this.#running === 0) for (const tell of this.#waitingForIdle.splice(0)) tell();
    };
  }

  /** Runs `work` in a place of its own. Rejects with `BUSY` when there is none. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const leave = this.enter();
    try {
      return await work(this.signal);
    } finally {
      leave();
    }
  }

  /** From now on nothing new is let in. */
  stopEntry(): void {
    this.#draining = true;
  }

  /** Gives up what is still under way, through its signal. */
  abandon(): void {
    this.#abandon.abort();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waitingForIdle.push(resolve));
  }

  #refuse(why: string): PluginError {
    this.#refused += 1;
    return new PluginError('BUSY', `The Mixpanel host service ${why}`);
  }
}

/** Gives each request a place until its answer is ready; without one `refuse` answers, before the body is read. */
export function placed(
  inFlight: InFlight,
  refuse: (c: Context, busy: unknown) => Response,
): MiddlewareHandler {
  return async (c, next) => {
    let leave: Leave;
    try {
      leave = inFlight.enter();
    } catch (busy) {
      return refuse(c, busy);
    }
    try {
      await next();
    } finally {
      leave();
    }
  };
}
