import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PluginError } from '../../errors.js';
import { OWNER_ONLY } from './durable-file.js';

/** Formats by the extension of a file. */
const FORMAT_BY_EXTENSION = { json: 'json', ndjson: 'ndjson', jsonl: 'ndjson', csv: 'csv' } as const;
const FILE_NAME = /\.([a-z0-9]+?)(\.gz)?$/i;
const compress = promisify(gzip);

export type OutputFormat = (typeof FORMAT_BY_EXTENSION)[keyof typeof FORMAT_BY_EXTENSION];

/** Returns the format that a file's name tells. Throws `PluginError` if it tells none. */
export function formatOfFile(file: string): OutputFormat {
  const extension = FILE_NAME.exec(file)?.[1]?.toLowerCase();
  const format = FORMAT_BY_EXTENSION[extension as keyof typeof FORMAT_BY_EXTENSION];
  if (format) return format;
  throw new PluginError(
    'INVALID_INPUT',
    `The format of ${file} is not known. End its name in .json, .ndjson, .jsonl or .csv, each also with .gz, or name the format with --format. Nothing was sent.`,
  );
}

/** Writes a text, compressed if the name of the file ends in `.gz`. */
export async function writeOutputFile(file: string, text: string): Promise<void> {
  await writeFile(file, /\.gz$/i.test(file) ? await compress(text) : text, { mode: OWNER_ONLY });
}
