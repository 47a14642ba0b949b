/** About a tenth of a second's work on a slow machine, in characters read or written. */
const MAX_TURN_CHARACTERS = 1_000_000;

/**
 * Splits long work into turns, so that others get theirs on the same thread: a server goes on answering. A turn ends
 * after an amount of work, not after a time, so that the turns of the same work are always the same.
 */
export class Turns {
  #left = MAX_TURN_CHARACTERS;
  #count = 0;

  /** Turns that have ended. */
  get count(): number {
    return this.#count;
  }

  /** Notes work that was done, in characters. Returns a promise when the turn is over, to be awaited before more. */
  spend(characters: number): Promise<void> | undefined {
    this.#left -= characters;
    if (this.#left > 0) return undefined;
    this.#left = MAX_TURN_CHARACTERS;
    this.#count += 1;
    return endTurn();
  }
}

/** Resolves when everything else that is due on this thread has had its turn. */
export function endTurn(): Promise<void> {
  return new Promise((resolve) => {
    // Browsers have no `setImmediate`.
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve);
  });
}
