import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline as pipe, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type EventFormat, formatOfSample } from '../../records/event-file.js';
import { type ByteSource, encodingOfSample } from '../../records/text-decoding.js';

export interface InputSource extends ByteSource {
  /** Whether it can be read more than once. */
  repeatable: boolean;
  /** What is known of a pipe, whose beginning is looked at only once. */
  format?: EventFormat;
  encoding?: string;
  close(): Promise<void>;
}

/** Opens the bytes of a file, unzipped if its name ends in `.gz`. */
export function openFile(file: string): Readable {
  const bytes = createReadStream(file);
  return file.endsWith('.gz') ? pipe(bytes, createGunzip(), () => undefined) : bytes;
}

/**
 * Opens a file or, for `-`, standard input. A CSV table on standard input is kept in a temporary file, since the types
 * of its columns depend on all of it; JSON goes through as it arrives.
 */
export async function openInputSource(
  file: string,
  stdin: Readable,
  format?: EventFormat,
): Promise<InputSource> {
  if (file !== '-') {
    return { name: file, repeatable: true, open: () => openFile(file), close: async () => undefined };
  }
  const chunks = stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const { value: first = Buffer.alloc(0) } = await chunks.next();
  async function* bytes(): AsyncGenerator<Buffer> {
    yield first;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  const encoding = encodingOfSample(first.subarray(0, SAMPLE_BYTES));
  if ((format ?? formatOfSample(new TextDecoder(encoding).decode(first))) === 'json') {
    return {
      name: 'Standard input',
      repeatable: false,
      format: 'json',
      encoding: encoding ?? 'utf-8',
      open: bytes,
      close: async () => undefined,
    };
  }
  const folder = await mkdtemp(join(tmpdir(), 'mixpanel-datasource-'));
  const path = join(folder, 'input.csv');
  await pipeline(bytes, createWriteStream(path, { mode: 0o600 }));
  return {
    name: 'Standard input',
    repeatable: true,
    format: 'csv',
    open: () => createReadStream(path),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

const SAMPLE_BYTES = 4096;
