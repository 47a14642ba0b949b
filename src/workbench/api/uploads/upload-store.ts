import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { PluginError } from '../../../errors.js';
import { GIGABYTE, MEGABYTE } from '../../../json/bytes.js';
import { HOUR_MS } from '../../../time/durations.js';
import type { Session } from '../sessions.js';
import { SpooledFile } from './spooled-file.js';

/** A file that arrives, or has arrived, from the page. */
export interface UploadedFile {
  readonly id: string;
  readonly name: string;
  /** What the page says its size is. */
  readonly totalBytes: number;
  readonly content: SpooledFile;
  /** The records that were not taken when it was last sent. */
  rejected?: { name: string; content: SpooledFile };
  /** Ends what is being done with it. */
  running?: { kind: 'check' | 'send'; abort(): void };
}

export interface UploadLimits {
  fileBytes?: number;
  /** Of all files together. */
  totalBytes?: number;
}

const MAX_FILE_BYTES = GIGABYTE;
const MAX_TOTAL_BYTES = 4 * GIGABYTE;
const MAX_FILES = 50;
/** A page shows one file; a second one leaves room for another tab. */
const MAX_FILES_PER_SESSION = 3;
const IDLE_MS = HOUR_MS;
const MAX_NAME_CHARACTERS = 200;

/** Keeps the files of all sessions on disk until they are dropped, or nobody has asked for them for an hour. */
export class UploadStore {
  readonly #files = new LRUCache<string, { owner: Session; file: UploadedFile }>({
    max: MAX_FILES,
    ttl: IDLE_MS,
    ttlAutopurge: true,
    updateAgeOnGet: true,
    dispose: ({ file }) => closeFile(file),
  });
  readonly #maxFileBytes: number;
  readonly #maxTotalBytes: number;

  constructor({ fileBytes = MAX_FILE_BYTES, totalBytes = MAX_TOTAL_BYTES }: UploadLimits = {}) {
    this.#maxFileBytes = fileBytes;
    this.#maxTotalBytes = totalBytes;
  }

  /** Makes room for a file of that size. Throws `PluginError` if there is none. */
  async create(owner: Session, name: string, totalBytes: number): Promise<UploadedFile> {
    const content = await SpooledFile.create();
    try {
      this.#makeRoom(owner, totalBytes);
    } catch (thrown) {
      await content.close();
      throw thrown;
    }
    const id = randomUUID();
    const shortName = name.replace(/^.*[/\\]/, '').slice(-MAX_NAME_CHARACTERS) || 'The file';
    const file = { id, name: shortName, totalBytes, content };
    this.#files.set(id, { owner, file });
    return file;
  }

  /** Throws `PluginError` if the session has no such file. */
  get(owner: Session, id: string): UploadedFile {
    const found = this.#files.get(id);
    if (found?.owner === owner) return found.file;
    throw new PluginError('INVALID_INPUT', 'This file is no longer on the server. Choose it again.');
  }

  delete(owner: Session, id: string): void {
    if (this.#files.peek(id)?.owner === owner) this.#files.delete(id);
  }

  #makeRoom(owner: Session, totalBytes: number): void {
    if (totalBytes > this.#maxFileBytes) {
      throw new PluginError(
        'REQUEST_TOO_LARGE',
        `The file is larger than ${toMegabytes(this.#maxFileBytes)} MB. Compress it (.gz), or send it with "track" of the command line.`,
      );
    }
    const own = [...this.#files.values()].filter((each) => each.owner === owner);
    for (const { file } of own.slice(MAX_FILES_PER_SESSION - 1)) this.#files.delete(file.id);
    const reserved = [...this.#files.values()].reduce((sum, { file }) => sum + file.totalBytes, 0);
    if (reserved + totalBytes > this.#maxTotalBytes || this.#files.size >= MAX_FILES) {
      throw new PluginError(
        'BUSY',
        'The server holds as many files as it has room for. Try again later, or send the file with "track" of the command line.',
      );
    }
  }
}

function closeFile({ content, rejected, running }: UploadedFile): void {
  running?.abort();
  void content.close();
  void rejected?.content.close();
}

function toMegabytes(bytes: number): string {
  return Math.floor(bytes / MEGABYTE).toLocaleString('en-US');
}
