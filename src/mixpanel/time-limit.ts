/** A time limit that can be stopped while nobody waits, so that a slow reader does not look like a slow Mixpanel. */
export class TimeLimit {
  readonly #ms: number;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
    this.start();
  }

  /** Aborted once the limit has passed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts the limit anew. */
  start(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#ms);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
