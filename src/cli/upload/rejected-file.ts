import { type FileHandle, open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PluginError } from '../../errors.js';
import type { EventFile, FileEvent } from '../../records/event-file.js';

/** The records that were not taken, in a file of the same format that can be mended and sent. */
export class RejectedFile {
  readonly #path: string;
  readonly #file: EventFile;
  #handle: FileHandle | undefined;
  #rows = 0;
  #pending: string[] = [];

  private constructor(path: string, file: EventFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Throws `PluginError` if the file is the one that is read. */
  static async open(path: string, input: string, file: EventFile): Promise<RejectedFile> {
    if (resolve(path) === resolve(input)) {
      throw new PluginError(
        'INVALID_INPUT',
        `--rejected names the file that is read, ${input}. Name another.`,
      );
    }
    await rm(path, { force: true });
    return new RejectedFile(path, file);
  }

  get rows(): number {
    return this.#rows;
  }

  async write({ source }: FileEvent): Promise<void> {
    this.#rows += 1;
    this.#pending.push(await this.#toText(source));
    if (this.#pending.length >= BATCH_ROWS) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#handle?.close();
  }

  async #toText({ cells, text }: FileEvent['source']): Promise<string> {
    if (!cells) return `${text.replaceAll('\n', ' ')}\n`;
    const { stringify } = await import('csv-stringify/sync');
    return stringify([[...cells]], { delimiter: this.#file.table?.dialect.delimiter });
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    if (!this.#handle) {
      this.#handle = await open(this.#path, 'w', 0o600);
      const { table } = this.#file;
      if (table) {
        const { stringify } = await import('csv-stringify/sync');
        await this.#handle.write(stringify([[...table.header]], { delimiter: table.dialect.delimiter }));
      }
    }
    await this.#handle.write(this.#pending.join(''));
    this.#pending = [];
  }
}

const BATCH_ROWS = 1000;
