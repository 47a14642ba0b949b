import { createCancelledError, PluginError } from '../errors.js';
import { MAX_TIMER_MS } from '../time/durations.js';

/** How long one caller waits. */
export interface WaitOptions {
  /** Epoch milliseconds. */
  deadline?: number;
  signal?: AbortSignal;
}

/** The longest delay a timer of the runtime can carry. */

/** One request in flight, and the callers that wait for it. It is aborted when the last of them has left. */
export class SingleFlight<T> {
  /** The deadline of the caller that started the request, in epoch milliseconds; `Infinity` if there is none. */
  readonly deadline: number;
  readonly result: Promise<T>;
  readonly #controller = new AbortController();
  #waiters = 0;

  constructor(load: (signal: AbortSignal) => Promise<T>, deadline = Number.POSITIVE_INFINITY) {
    this.deadline = deadline;
    this.result = load(this.#controller.signal);
    this.result.catch(() => {}); // All callers may have left by the time it fails.
  }

  /** Whether every caller has left: it is aborted, and no caller may join. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Waits for the result until this caller's own signal or deadline ends it. */
  join({ deadline, signal }: WaitOptions): Promise<T> {
    this.#waiters += 1;
    return new Promise<T>((resolve, reject) => {
      const stopWaiting = (error: PluginError) => {
        this.#waiters -= 1;
        if (this.#waiters === 0) this.#controller.abort();
        cleanUp();
        reject(error);
      };
      const cancel = () => stopWaiting(createCancelledError());
      const expire = () => {
        stopWaiting(
          new PluginError(
            'TIMEOUT',
            'Mixpanel did not answer in time. The query may still count against the quota. Increase the timeout.',
          ),
        );
      };
      const timer =
        deadline === undefined
          ? undefined
          : setTimeout(expire, Math.min(deadline - Date.now(), MAX_TIMER_MS));
      const cleanUp = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
      };
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
      this.result.then(resolve, reject).finally(cleanUp);
    });
  }
}
