import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHUNK_BYTES = 256 * 1024;

/**
 * Bytes on disk that only this process reaches: the file is readable by its owner alone and has lost its name before
 * anything is written to it, so that nothing of it is left whichever way the process ends.
 */
export class SpooledFile {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #readers = 0;
  #closing = false;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(): Promise<SpooledFile> {
    const path = join(tmpdir(), `mixpanel-datasource-${randomUUID()}`);
    const handle = await open(path, 'wx+', 0o600);
    await unlink(path);
    return new SpooledFile(handle);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the hash of everything written so far. */
  hash(): string {
    return this.#hash.copy().digest('hex');
  }

  async write(content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#bytes + at);
      at += bytesWritten;
    }
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  /** Streams the bytes from the beginning, as often as needed. */
  async *read(): AsyncGenerator<Uint8Array> {
    this.#readers += 1;
    try {
      for (let at = 0; ; ) {
        const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      this.#readers -= 1;
      if (this.#closing) await this.close();
    }
  }

  /** Frees the disk, after the last reader has ended. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#readers === 0) await this.#handle.close().catch(() => undefined);
  }
}
