import iconv from 'iconv-lite';
import { PluginError } from '../errors.js';
import { COMMAND_LINE_WORDING } from './option-wording.js';

/** Bytes of a file that can be read again from its beginning. */
export interface ByteSource {
  /** What messages call it. */
  name: string;
  open(): AsyncIterable<Uint8Array>;
}

const SAMPLE_BYTES = 4096;
/** What a program that writes no UTF-8 on Windows most often writes. */
const FALLBACK_ENCODING = 'windows-1252';

const BYTE_ORDER_MARKS: readonly { encoding: string; bytes: readonly number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/**
 * Returns the encoding of a file: by its byte-order mark, by the zeros of UTF-16, UTF-8 if all of it is, else
 * Windows-1252. Reads the file to its end, unless a mark tells.
 */
export async function detectEncoding(source: ByteSource): Promise<string> {
  const marked = encodingOfSample(await readSample(source));
  if (marked) return marked;
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of source.open()) utf8.decode(chunk, { stream: true });
    utf8.decode();
    return 'utf-8';
  } catch (thrown) {
    if (thrown instanceof TypeError) return FALLBACK_ENCODING;
    throw thrown;
  }
}

async function readSample(source: ByteSource): Promise<Uint8Array> {
  let sample = Buffer.alloc(0);
  for await (const chunk of source.open()) {
    sample = Buffer.concat([sample, chunk]);
    if (sample.length >= SAMPLE_BYTES) break;
  }
  return sample.subarray(0, SAMPLE_BYTES);
}

/** Returns the encoding that the first bytes of a file tell; nothing if they could be UTF-8 or any other. */
export function encodingOfSample(sample: Uint8Array): string | undefined {
  for (const { encoding, bytes } of BYTE_ORDER_MARKS) {
    if (bytes.every((byte, index) => sample[index] === byte)) return encoding;
  }
  const even = sample.filter((byte, index) => byte === 0 && index % 2 === 0).length;
  const odd = sample.filter((byte, index) => byte === 0 && index % 2 === 1).length;
  if (even + odd < sample.length / 8) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** Throws `PluginError` if an encoding by that name is not known. */
export function checkEncoding(encoding: string): void {
  if (iconv.encodingExists(encoding)) return;
  throw new PluginError(
    'INVALID_INPUT',
    `There is no encoding ${JSON.stringify(encoding)}. Name one such as utf-8, utf-16le, windows-1252 or iso-8859-15.`,
  );
}

/** Streams the text of a file, without its byte-order mark. Throws `PluginError` when it is not in that encoding. */
export async function* decodeText(
  source: ByteSource,
  encoding: string,
  wording = COMMAND_LINE_WORDING,
): AsyncGenerator<string> {
  const decoder = createDecoder(encoding);
  let started = false;
  const withoutMark = (text: string) => {
    if (started || text === '') return text;
    started = true;
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  };
  try {
    for await (const chunk of source.open()) {
      const text = withoutMark(decoder.write(chunk));
      if (text !== '') yield text;
    }
    const text = withoutMark(decoder.end());
    if (text !== '') yield text;
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    throw new PluginError(
      'INVALID_INPUT',
      `${source.name} is not written in ${encoding}. Name its encoding with ${wording.encoding}, such as ${FALLBACK_ENCODING}.`,
    );
  }
}

function createDecoder(encoding: string): { write(bytes: Uint8Array): string; end(): string } {
  if (/^utf-?8$/i.test(encoding)) {
    // iconv-lite would put a replacement character in place of what is no UTF-8.
    const decoder = new TextDecoder('utf-8', { fatal: true });
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  }
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  return { write: (bytes) => decoder.write(Buffer.from(bytes)), end: () => decoder.end() ?? '' };
}
