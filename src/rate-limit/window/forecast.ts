import { SECOND_MS } from '../../time/durations.js';
import type { RollingWindow } from './limits.js';

/**
 * Mixpanel counts a call when it arrives, we count it when it leaves. A slow call followed by a fast one would
 * bring 61 into Mixpanel's hour, so a start counts a little longer with us than with Mixpanel.
 */
const LATENCY_MARGIN_MS = SECOND_MS;

/** Returns how long a start counts with us, in milliseconds. */
export function getRetentionMs({ windowMs }: RollingWindow): number {
  return windowMs + Math.min(LATENCY_MARGIN_MS, windowMs / 10);
}

/** Walks through the coming start times; each one taken fills the windows further. */
export class StartForecast {
  readonly #times: number[];
  readonly #windows: readonly RollingWindow[];
  readonly #earliestAt: number;

  /** `times` are the starts so far, oldest first; epoch milliseconds throughout. */
  constructor(times: number[], windows: readonly RollingWindow[], earliestAt: number) {
    this.#times = times;
    this.#windows = windows;
    this.#earliestAt = earliestAt;
  }

  /** Returns when the next counted call may start, in epoch milliseconds. */
  peek(): number {
    let at = this.#earliestAt;
    for (const window of this.#windows) {
      if (window.limit <= 0) at = Math.max(at, this.#earliestAt + getRetentionMs(window));
      const blockingStart = this.#times[this.#times.length - window.limit];
      if (blockingStart !== undefined) at = Math.max(at, blockingStart + getRetentionMs(window));
    }
    return at;
  }

  take(): void {
    this.#times.push(this.peek());
  }
}
