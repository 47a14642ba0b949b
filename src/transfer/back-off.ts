import { setTimeout } from 'node:timers/promises';
import { createCancelledError, type PluginError } from '../errors.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/durations.js';

const MAX_PAUSE_MS = MINUTE_MS;
/** No quota of Mixpanel takes longer to free a slot. A time further ahead is an error, or no time at all. */
const MAX_SLOT_PAUSE_MS = 2 * HOUR_MS;
const DEFAULT_ATTEMPTS = 5;

export interface BackOffOptions {
  retryPauseMs?: number;
  attempts?: number;
  deadline?: number;
  signal?: AbortSignal;
}

/**
 * Pauses between attempts that fail one after another: the pause doubles, with jitter that keeps many callers from
 * returning at once. Mixpanel asks for this for ingestion.
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

  /** Forgets the failures so far, since something new has arrived. */
  reset(): void {
    this.#failures = 0;
  }

  /**
   * Waits until the next attempt is due.
   *
   * @throws the error itself when another attempt is not worth making.
   */
  async waitAfter(error: PluginError): Promise<void> {
    this.#failures += 1;
    const maxPauseMs = Math.min(MAX_PAUSE_MS, this.#initialPauseMs * 2 ** (this.#failures - 1));
    const untilSlotMs = (error.retryAt ?? 0) - Date.now();
    const pauseMs = Math.max(maxPauseMs * (0.5 + Math.random() / 2), untilSlotMs);
    const isTooLong = pauseMs > MAX_SLOT_PAUSE_MS || Date.now() + pauseMs >= this.#deadline;
    if (!error.retryable || this.#failures >= this.#maxAttempts || isTooLong) throw error;
    await pause(pauseMs, this.#signal);
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch {
    throw createCancelledError();
  }
}
