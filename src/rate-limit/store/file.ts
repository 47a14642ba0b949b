import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { HOUR_MS } from '../../time/durations.js';
import {
  createWindowLogState,
  snapshotSchema,
  type WindowLogSnapshot,
  type WindowLogState,
} from '../window/state.js';

const fileSchema = z.object({ version: z.literal(2), quotas: z.record(z.string(), snapshotSchema) });

/** Twice the longest window: an entry without a younger time says nothing any more. */
const MAX_AGE_MS = 2 * HOUR_MS;

/**
 * Keeps the quota of a single process in a file, so that a restart does not forget the hour. The file holds project
 * ids and times, no credentials. It is replaced as a whole, so that a crash leaves the old or the new one. A file
 * that cannot be read is put aside with a message.
 */
export class SnapshotFile {
  readonly #path: string;
  readonly #onError: (message: string) => void;
  readonly #snapshots: Map<string, WindowLogSnapshot>;
  #lastWritten = '';
  #pendingWrite: Promise<void> | undefined;
  #needsWrite = false;

  constructor(path: string, onError: (message: string) => void) {
    this.#path = path;
    this.#onError = onError;
    this.#removeLeftovers();
    this.#snapshots = new Map(Object.entries(this.#read()));
  }

  /** Returns the state as it was saved, without the calls that were running: they died with their process. */
  load(key: string): WindowLogState | undefined {
    const snapshot = this.#snapshots.get(key);
    return snapshot && { ...createWindowLogState(), ...structuredClone(snapshot) };
  }

  /** Resolves when the state is in the file, or when writing it has failed and the failure has been reported. */
  save(key: string, state: WindowLogState): Promise<void> {
    const { starts, externalStarts, observedLimits, hourlyLimitHit } = state;
    this.#snapshots.set(key, { starts, externalStarts, observedLimits, hourlyLimitHit });
    this.#needsWrite = true;
    this.#pendingWrite ??= this.#writeAll().finally(() => {
      this.#pendingWrite = undefined;
    });
    return this.#pendingWrite;
  }

  /** Resolves when everything saved so far is in the file. */
  async flush(): Promise<void> {
    await this.#pendingWrite;
  }

  async #writeAll(): Promise<void> {
    while (this.#needsWrite) {
      this.#needsWrite = false;
      this.#dropUnused();
      const text = JSON.stringify({ version: 2, quotas: Object.fromEntries(this.#snapshots) });
      if (text === this.#lastWritten) continue;
      const tempPath = `${this.#path}.${process.pid}.tmp`;
      try {
        await writeFile(tempPath, text, { mode: 0o600 });
        await rename(tempPath, this.#path);
        this.#lastWritten = text;
      } catch (error) {
        this.#onError(`Could not write the quota to ${this.#path}: ${getErrorMessage(error)}.`);
      }
    }
  }

  #dropUnused(): void {
    const cutoff = Date.now() - MAX_AGE_MS;
    for (const [key, snapshot] of this.#snapshots)
      if (getLastUse(snapshot) < cutoff) this.#snapshots.delete(key);
  }

  #read(): Record<string, WindowLogSnapshot> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).quotas;
    } catch (error) {
      if (!isFileNotFound(error)) {
        this.#onError(
          `Could not read the quota in ${this.#path}. It starts anew, so this hour may exceed it.`,
        );
      }
      return {};
    }
  }

  /** Removes temporary files of processes that were killed while they wrote. */
  #removeLeftovers(): void {
    const folder = dirname(this.#path);
    const prefix = `${basename(this.#path)}.`;
    try {
      for (const name of readdirSync(folder)) {
        const [, pid] = name.startsWith(prefix) ? (/^(\d+)\.tmp$/.exec(name.slice(prefix.length)) ?? []) : [];
        if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
      }
    } catch {
      // The folder cannot be listed: writing will say so.
    }
  }
}

/** Returns when the quota was last used or learned about, in epoch milliseconds. */
function getLastUse({ starts, externalStarts, hourlyLimitHit }: WindowLogSnapshot): number {
  return Math.max(starts.at(-1)?.at ?? 0, externalStarts.at(-1) ?? 0, hourlyLimitHit.at);
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function isFileNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
