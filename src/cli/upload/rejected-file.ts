import { type FileHandle, open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PluginError } from '../../errors.js';
import type { TextSink } from '../../upload/rejected-records.js';

/** The file of rejected records. It is made with the first of them. */
export class RejectedFile implements TextSink {
  readonly #path: string;
  #handle: FileHandle | undefined;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Throws `PluginError` if the file is the one that is read. */
  static async open(path: string, input: string): Promise<RejectedFile> {
    if (resolve(path) === resolve(input)) {
      throw new PluginError(
        'INVALID_INPUT',
        `--rejected names the file that is read, ${input}. Name another.`,
      );
    }
    await rm(path, { force: true });
    return new RejectedFile(path);
  }

  async write(text: string): Promise<void> {
    this.#handle ??= await open(this.#path, 'w', 0o600);
    await this.#handle.write(text);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}
