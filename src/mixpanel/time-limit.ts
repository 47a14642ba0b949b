/** A limit on waiting that can be stopped while nobody waits: a slow reader is not a slow Mixpanel. */
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

  /** Begins a wait of its own. */
  start(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#ms);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
