/** Returns the amount taken. Safe to call twice. */
export type Release = () => void;

/** What is used up: the total budget, or the caller's share. */
export type Exhausted = 'total' | 'caller';

/** A budget shared by all callers, with a maximum share per caller. */
export class SharedBudget {
  readonly #total: number;
  readonly #perCaller: number;
  readonly #usedByCaller = new Map<string, number>();
  #used = 0;

  constructor(total: number, perCaller: number) {
    this.#total = total;
    this.#perCaller = perCaller;
  }

  get used(): number {
    return this.#used;
  }

  /** Takes an amount for a caller, or returns what is used up. Internal work has no caller and no maximum share. */
  take(amount: number, caller?: string): Release | Exhausted {
    const usedByCaller = caller === undefined ? 0 : (this.#usedByCaller.get(caller) ?? 0);
    if (this.#used + amount > this.#total) return 'total';
    if (caller !== undefined && usedByCaller + amount > this.#perCaller) return 'caller';
    this.#add(amount, caller);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#add(-amount, caller);
    };
  }

  #add(amount: number, caller: string | undefined): void {
    this.#used += amount;
    if (caller === undefined) return;
    const used = (this.#usedByCaller.get(caller) ?? 0) + amount;
    if (used === 0) this.#usedByCaller.delete(caller);
    else this.#usedByCaller.set(caller, used);
  }
}
