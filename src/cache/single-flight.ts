import { PluginError } from '../errors.js';
import { MAX_TIMER_MS } from '../time/durations.js';

/** How long one caller waits. */
export interface WaitOptions {
  /** Epoch milliseconds. */
  deadline?: number;
  signal?: AbortSignal;
}

/** The longest delay a timer of the runtime can carry. */

/** One request under way, and the callers that wait for it. It is cancelled when the last of them has gone. */
export class SingleFlight<T> {
  /** Until when whoever started the request lets it take; `Infinity` for no limit. */
  readonly deadline: number;
  readonly result: Promise<T>;
  readonly #controller = new AbortController();
  #waiters = 0;

  constructor(load: (signal: AbortSignal) => Promise<T>, deadline = Number.POSITIVE_INFINITY) {
    this.deadline = deadline;
    this.result = load(this.#controller.signal);
    this.result.catch(() => {}); // Everybody may have gone by the time it fails.
  }

  /** Whether every caller has gone: nobody may join any more. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Waits for the result as long as this caller's own signal and deadline allow. */
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
            'Mixpanel did not answer in the time allowed. Allow the query more time.',
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

export function createCancelledError(): PluginError {
  return new PluginError('CANCELLED', 'The query was cancelled.');
}
