import type { PluginError } from '../errors.js';
import { cancelledError } from '../mixpanel/error-mapping.js';

const SECOND_MS = 1000;
const LONGEST_PAUSE_MS = 60 * SECOND_MS;
const ATTEMPTS = 5;

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
  readonly #firstMs: number;
  readonly #attempts: number;
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;

  constructor({ retryPauseMs = SECOND_MS, attempts = ATTEMPTS, deadline, signal }: BackOffOptions = {}) {
    this.#firstMs = retryPauseMs;
    this.#attempts = attempts;
    this.#deadline = deadline ?? Number.POSITIVE_INFINITY;
    this.#signal = signal;
  }

  /** Something new has come: the failures before it count no more. */
  succeed(): void {
    this.#failures = 0;
  }

  /**
   * Waits until the next attempt is due.
   *
   * @throws the error itself when no other attempt is worth making.
   */
  async after(error: PluginError): Promise<void> {
    this.#failures += 1;
    const most = Math.min(LONGEST_PAUSE_MS, this.#firstMs * 2 ** (this.#failures - 1));
    const untilSlotMs = (error.retryAt ?? 0) - Date.now();
    const pauseMs = Math.max(most * (0.5 + Math.random() / 2), untilSlotMs);
    const late = Date.now() + pauseMs >= this.#deadline;
    if (!error.retryable || this.#failures >= this.#attempts || late) throw error;
    await pause(pauseMs, this.#signal);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelledError());
    const leave = () => {
      clearTimeout(timer);
      reject(cancelledError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal?.addEventListener('abort', leave, { once: true });
  });
}
