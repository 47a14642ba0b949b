import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { createWindowLogState, type WindowLogState } from '../window-log.js';

const snapshotSchema = z.object({
  starts: z.array(z.object({ id: z.string(), at: z.number() })),
  foreign: z.array(z.number()),
  learnt: z.object({
    hourly: z.number().positive().optional(),
    concurrent: z.number().positive().optional(),
  }),
  hourlyTrip: z.object({ at: z.number(), repeats: z.number(), successes: z.number() }),
});

const fileSchema = z.record(z.string(), snapshotSchema);

type Snapshot = z.infer<typeof snapshotSchema>;

/**
 * Keeps the ledgers of a single process in a file, so that a restart does not forget the hour. The file names
 * projects and times, no credentials. A file that cannot be read is begun anew; the next change replaces it as
 * a whole, so that a crash leaves the old one or the new one, never half of one.
 */
export class SnapshotFile {
  readonly #path: string;
  readonly #onError: (message: string) => void;
  readonly #snapshots: Map<string, Snapshot>;
  #lastWritten = '';
  #pendingWrite: Promise<void> | undefined;

  constructor(path: string, onError: (message: string) => void) {
    this.#path = path;
    this.#onError = onError;
    this.#snapshots = new Map(Object.entries(this.#read()));
  }

  /** The ledger as it was left, without the calls that were running: they died with their process. */
  load(key: string): WindowLogState | undefined {
    const snapshot = this.#snapshots.get(key);
    return snapshot && { ...createWindowLogState(), ...structuredClone(snapshot) };
  }

  save(key: string, { starts, foreign, learnt, hourlyTrip }: WindowLogState): void {
    this.#snapshots.set(key, { starts, foreign, learnt, hourlyTrip });
    this.#pendingWrite ??= this.#writeAll().finally(() => {
      this.#pendingWrite = undefined;
    });
  }

  /** Resolves when everything kept so far is in the file. */
  async flush(): Promise<void> {
    await this.#pendingWrite;
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      const text = JSON.stringify(Object.fromEntries(this.#snapshots));
      if (text === this.#lastWritten) return;
      const tempPath = `${this.#path}.${process.pid}.tmp`;
      try {
        await writeFile(tempPath, text, { mode: 0o600 });
        await rename(tempPath, this.#path);
      } catch (error) {
        this.#onError(`The quota ledger could not be written to ${this.#path}: ${getErrorMessage(error)}.`);
        return;
      }
      this.#lastWritten = text;
    }
  }

  #read(): Record<string, Snapshot> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (error) {
      if (!isFileNotFound(error)) {
        this.#onError(`The quota ledger in ${this.#path} cannot be read and is begun anew.`);
      }
      return {};
    }
  }
}

function isFileNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
