import { createCancelledError, type PluginError } from '../errors.js';
import { MINUTE_MS, SECOND_MS } from '../time/durations.js';

const MAX_PAUSE_MS = MINUTE_MS;
const DEFAULT_ATTEMPTS = 5;

export interface BackOffOptions {
  retryPauseMs?: number;
  attempts?: number;
  deadline?: number;
  signal?: AbortSignal;
}

/**
 * Pauses between attempts that fail one after another: doubling, with a jitter that keeps many callers from coming
 * back together. Ingestion asks for just this; the rest of Mixpanel is no worse for it.
 * Source: https://developer.mixpanel.com/reference/import-events
 */
export class BackOff {
  readonly #initialPauseMs: number;
  readonly #maxAttempts: number;
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;

  constructor({
    retryPauseMs = SECOND_MS,
    attempts = DEFAULT_ATTEMPTS,
    deadline,
    signal,
  }: BackOffOptions = {}) {
    this.#initialPauseMs = retryPauseMs;
    this.#maxAttempts = attempts;
    this.#deadline = deadline ?? Number.POSITIVE_INFINITY;
    this.#signal = signal;
  }

  /** Something new has come: the failures before it count no more. */
  reset(): void {
    this.#failures = 0;
  }

  /**
   * Waits until the next attempt is due.
   *
   * @throws the error itself when no other attempt is worth making.
   */
  async waitAfter(error: PluginError): Promise<void> {
    this.#failures += 1;
    const maxPauseMs = Math.min(MAX_PAUSE_MS, this.#initialPauseMs * 2 ** (this.#failures - 1));
    const untilSlotMs = (error.retryAt ?? 0) - Date.now();
    const pauseMs = Math.max(maxPauseMs * (0.5 + Math.random() / 2), untilSlotMs);
    const pastDeadline = Date.now() + pauseMs >= this.#deadline;
    if (!error.retryable || this.#failures >= this.#maxAttempts || pastDeadline) throw error;
    await delay(pauseMs, this.#signal);
  }
}

function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(createCancelledError());
    const onAbort = () => {
      clearTimeout(timer);
      reject(createCancelledError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
