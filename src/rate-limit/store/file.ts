import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { emptyLedger, type LedgerState } from '../window-log.js';

const ledgerShape = z.object({
  starts: z.array(z.object({ id: z.string(), at: z.number() })),
  foreign: z.array(z.number()),
  learnt: z.object({
    hourly: z.number().positive().optional(),
    concurrent: z.number().positive().optional(),
  }),
  hourlyTrip: z.object({ at: z.number(), repeats: z.number(), successes: z.number() }),
});

const fileShape = z.record(z.string(), ledgerShape);

type KeptLedger = z.infer<typeof ledgerShape>;

/**
 * Keeps the ledgers of a single process in a file, so that a restart does not forget the hour. The file names
 * projects and times, no credentials. A file that cannot be read is begun anew; the next change replaces it as
 * a whole, so that a crash leaves the old one or the new one, never half of one.
 */
export class LedgerFile {
  readonly #path: string;
  readonly #onTrouble: (message: string) => void;
  readonly #ledgers: Map<string, KeptLedger>;
  #written = '';
  #writing: Promise<void> | undefined;

  constructor(path: string, onTrouble: (message: string) => void) {
    this.#path = path;
    this.#onTrouble = onTrouble;
    this.#ledgers = new Map(Object.entries(this.#read()));
  }

  /** The ledger as it was left, without the calls that were running: they died with their process. */
  load(key: string): LedgerState | undefined {
    const kept = this.#ledgers.get(key);
    return kept && { ...emptyLedger(), ...structuredClone(kept) };
  }

  keep(key: string, { starts, foreign, learnt, hourlyTrip }: LedgerState): void {
    this.#ledgers.set(key, { starts, foreign, learnt, hourlyTrip });
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when everything kept so far is in the file. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      const text = JSON.stringify(Object.fromEntries(this.#ledgers));
      if (text === this.#written) return;
      const draft = `${this.#path}.${process.pid}.tmp`;
      try {
        await writeFile(draft, text, { mode: 0o600 });
        await rename(draft, this.#path);
      } catch (error) {
        this.#onTrouble(`The quota ledger could not be written to ${this.#path}: ${reasonOf(error)}.`);
        return;
      }
      this.#written = text;
    }
  }

  #read(): Record<string, KeptLedger> {
    try {
      return fileShape.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (error) {
      if (!isMissing(error)) {
        this.#onTrouble(`The quota ledger in ${this.#path} cannot be read and is begun anew.`);
      }
      return {};
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
