import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createCancelledError, PluginError } from '../../../errors.js';
import { GIGABYTE } from '../../../json/bytes.js';
import type { ByteSource } from '../../../records/text-decoding.js';
import type { UploadedFile } from './upload-store.js';

/** A small archive can hold any amount. */
const MAX_UNPACKED_BYTES = 4 * GIGABYTE;

/** Opens the bytes of a file, unzipped if its name ends in `.gz`. Reading ends with `signal`. */
export function openUploadedFile({ name, content }: UploadedFile, signal: AbortSignal): ByteSource {
  const isZipped = /\.gz$/i.test(name);
  return {
    name,
    open: () => abortable(isZipped ? unzip(content.read(), name) : content.read(), signal),
  };
}

async function* abortable(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    if (signal.aborted) throw createCancelledError();
    yield chunk;
  }
}

async function* unzip(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const input = Readable.from(bytes);
  const unzipped = createGunzip();
  input.once('error', (error) => unzipped.destroy(error));
  input.pipe(unzipped);
  let total = 0;
  try {
    for await (const chunk of unzipped as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > MAX_UNPACKED_BYTES) {
        throw new PluginError(
          'REQUEST_TOO_LARGE',
          `${name} is larger than ${MAX_UNPACKED_BYTES / GIGABYTE} GB when it is unpacked. Send it with "track" of the command line.`,
        );
      }
      yield chunk;
    }
  } catch (thrown) {
    if (!isZlibError(thrown)) throw thrown;
    throw new PluginError(
      'INVALID_INPUT',
      `${name} cannot be unpacked. It is no gzip file, or its end is missing. Nothing was sent.`,
    );
  } finally {
    input.destroy();
    unzipped.destroy();
  }
}

function isZlibError(thrown: unknown): boolean {
  return thrown instanceof Error && /^Z_/.test((thrown as NodeJS.ErrnoException).code ?? '');
}
