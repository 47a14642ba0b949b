import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { pipeline as pipe, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip, createGzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { PluginError } from '../../errors.js';
import { linesOf, readBlocks } from '../../mixpanel/ndjson.js';
import type { MixpanelPlugin } from '../../plugin.js';
import type { StreamCall } from '../../query/prepared-query.js';
import { csvCell } from '../../result/csv.js';
import type { Row } from '../../result/rows.js';
import type { DeliveryProgress } from '../../transfer/index.js';
import { createProgressBar } from '../ui/progress-bar.js';
import { moveFile, replaceFile } from './durable-file.js';

export interface Download {
  plugin: MixpanelPlugin;
  call: StreamCall;
  /** `.ndjson`, `.jsonl` or `.csv`, with or without `.gz` behind it. */
  out: string;
  onProgress?: (progress: DeliveryProgress) => void;
  /** Hears what a person should know: that an earlier run is continued. */
  onNote?: (note: string) => void;
}

const FILE_NAME = /\.(ndjson|jsonl|csv)(\.gz)?$/i;

/** Whether the rows of a query can go to this file as they arrive, in the format that was asked for. */
export function canDownload(
  plugin: MixpanelPlugin,
  command: string,
  { out = '', format }: { out?: string; format?: string },
): boolean {
  const kind = plugin.commands.find(({ id }) => id === command)?.delivery?.kind;
  const [, extension] = FILE_NAME.exec(out) ?? [];
  if ((kind !== 'export' && kind !== 'pages') || extension === undefined) return false;
  return (
    format === undefined || format === 'raw' || (format === 'csv') === (extension.toLowerCase() === 'csv')
  );
}

/** The same with a progress bar and words for a person at the terminal. */
export async function saveRows(download: Omit<Download, 'onProgress' | 'onNote'>): Promise<void> {
  const bar = createProgressBar({ rows: 'rows', pieces: 'parts' });
  try {
    const { rows } = await downloadToFile({
      ...download,
      onProgress: bar.update,
      onNote: (note) => process.stderr.write(`${note}\n`),
    });
    bar.stop();
    process.stderr.write(`${rows.toLocaleString('en-US')} rows in ${download.out}.\n`);
  } catch (thrown) {
    bar.stop();
    if (PluginError.is(thrown) && thrown.resumeToken) {
      process.stderr.write('What has arrived is kept: repeat the command to go on.\n');
    }
    throw thrown;
  }
}

/**
 * Streams a query into a file. The rows go to `<out>.part` first, which gets its name when it is whole. Beside it
 * `<out>.part.json` tells how far the download is safe on the disk: the same call continues there after an error,
 * Ctrl-C or the death of the process.
 *
 * @throws what ended the stream, after what had arrived is safe.
 */
export async function downloadToFile(download: Download): Promise<{ rows: number; bytes: number }> {
  const { plugin, call, out, onProgress, onNote } = download;
  const [, extension = 'ndjson', zipped] = FILE_NAME.exec(out) ?? [];
  const wantsCsv = extension.toLowerCase() === 'csv';
  const part = await Part.open(out, { zipped: zipped !== undefined && !wantsCsv });
  try {
    const begun = part.begun;
    let progress: DeliveryProgress = { rows: begun?.rows ?? 0, bytes: 0, slicesDone: 0, slicesTotal: 1 };
    let reached: { token: string; rows: number } | undefined;
    let accepted = false;
    /** Only the stream knows whether the earlier run was of this query, and refuses before it asks Mixpanel. */
    const accept = () => {
      if (begun && !accepted)
        onNote?.(`Continuing after ${begun.rows.toLocaleString('en-US')} rows of an earlier run.`);
      accepted = true;
    };
    const stream = plugin.stream({
      ...call,
      resumeToken: begun?.token,
      onProgress: (now) => {
        accept();
        progress = now;
        if (now.checkpoint) reached = { token: now.checkpoint, rows: now.rows };
        onProgress?.(now);
      },
    });
    let rows = begun?.rows ?? 0;
    try {
      for await (const batch of stream.batches()) {
        // A checkpoint tells of the rows before this batch, and those have been written.
        if (reached) await part.save(reached);
        reached = undefined;
        await part.write(batch);
        rows += batch.length;
      }
    } catch (thrown) {
      if (PluginError.is(thrown) && thrown.resumeToken) await part.save({ token: thrown.resumeToken, rows });
      if (begun && PluginError.is(thrown) && thrown.code === 'INVALID_INPUT')
        throw ofAnotherQuery(part.path, thrown);
      throw thrown;
    }
    accept();
    await part.finish();
    if (wantsCsv) await writeCsv(part.path, out, zipped !== undefined);
    else await moveFile(part.path, out);
    await part.forget();
    return { rows, bytes: progress.bytes };
  } finally {
    await part.close();
  }
}

interface Saved {
  token: string;
  rows: number;
}

const savedShape = z.object({ token: z.string(), rows: z.number(), bytes: z.number() });
const compress = promisify(gzip);
/** Bytes written at a time. */
const BLOCK_BYTES = 512 * 1024;
/** Bytes after which the disk is asked to take what it was given, so that little is left to wait for at the end. */
const SYNC_BYTES = 16 * 1024 * 1024;
/** UTF-8 takes no more for any unit of a string. */
const MOST_BYTES_A_UNIT = 3;
const NEWLINE = 0x0a;

/** The file under way, and the note beside it of how much of it is safe. */
class Part {
  readonly path: string;
  /** Where an earlier run stopped. */
  readonly begun: Saved | undefined;
  readonly #note: string;
  readonly #file: FileHandle;
  readonly #zipped: boolean;
  #bytes: number;
  /** Rows to be written, and the block before, which may still be under way. */
  #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #used = 0;
  #before = Buffer.allocUnsafe(BLOCK_BYTES);
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> = Promise.resolve();
  #syncedAt: number;

  private constructor(
    out: string,
    file: FileHandle,
    zipped: boolean,
    begun: z.output<typeof savedShape> | undefined,
  ) {
    this.path = partOf(out);
    this.#note = noteOf(out);
    this.#file = file;
    this.#zipped = zipped;
    this.#bytes = begun?.bytes ?? 0;
    this.#syncedAt = this.#bytes;
    this.begun = begun;
  }

  static async open(out: string, { zipped }: { zipped: boolean }): Promise<Part> {
    const saved = await readFile(noteOf(out), 'utf8').then(
      (text) => savedShape.safeParse(parseOrNothing(text)).data,
      () => undefined,
    );
    const file = await open(partOf(out), saved ? 'r+' : 'w').catch(() => open(partOf(out), 'w'));
    const { size } = await file.stat();
    const begun = saved && size >= saved.bytes ? saved : undefined;
    // What was written after the note is asked for again.
    await file.truncate(begun?.bytes ?? 0);
    return new Part(out, file, zipped, begun);
  }

  /** Takes rows over; they are written some at a time, while those after them are still arriving. */
  async write(rows: Row[]): Promise<void> {
    for (const row of rows) {
      const text = JSON.stringify(row);
      const room = text.length * MOST_BYTES_A_UNIT + 1;
      if (this.#used + room > this.#block.length) await this.#turn(room);
      // Text encoded row by row into one block is never joined and never copied.
      this.#used += this.#block.write(text, this.#used);
      this.#block[this.#used] = NEWLINE;
      this.#used += 1;
    }
  }

  /** Goes on in the other block, while this one is written. */
  async #turn(room: number): Promise<void> {
    await this.#writing;
    const full = this.#block;
    this.#writing = this.#put(full.subarray(0, this.#used));
    this.#writing.catch(() => undefined); // Told by the next write, or by `save`.
    this.#block = this.#before.length >= room ? this.#before : Buffer.allocUnsafe(room);
    this.#before = full;
    this.#used = 0;
  }

  /** Rows first, then the note that counts on them. */
  async save(saved: Saved): Promise<void> {
    await this.finish();
    await replaceFile(this.#note, JSON.stringify({ ...saved, bytes: this.#bytes }));
  }

  async finish(): Promise<void> {
    await this.#turn(0);
    await this.#writing;
    await this.#syncing;
    await this.#file.sync();
  }

  /** Whole records, written together, so that the file never ends within one. */
  async #put(rows: Buffer): Promise<void> {
    if (rows.length === 0) return;
    // Each stretch is a gzip member of its own: members in a row are one gzip file, and it can be cut between them.
    const bytes = this.#zipped ? await compress(rows) : rows;
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#bytes + at);
      at += bytesWritten;
    }
    this.#bytes += bytes.length;
    if (this.#bytes - this.#syncedAt < SYNC_BYTES) return;
    this.#syncedAt = this.#bytes;
    this.#syncing = this.#syncing.then(() => this.#file.datasync());
    this.#syncing.catch(() => undefined); // Told by `finish`.
  }

  async forget(): Promise<void> {
    await rm(this.#note, { force: true });
    await rm(this.path, { force: true });
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#syncing]);
    await this.#file.close();
  }
}

function ofAnotherQuery(part: string, { message, issues }: PluginError): PluginError {
  if (issues) return new PluginError('INVALID_INPUT', message, { issues });
  return new PluginError(
    'INVALID_INPUT',
    `${part} is the beginning of another download. Repeat that one to finish it, or delete ${part} and ${part}.json.`,
  );
}

function partOf(out: string): string {
  return `${out}.part`;
}

function noteOf(out: string): string {
  return `${out}.part.json`;
}

/** CSV needs all its columns in the first line, so it is written when all rows are there. */
async function writeCsv(rowsFile: string, out: string, zipped: boolean): Promise<void> {
  const { stringify } = await import('csv-stringify/sync');
  const columns = new Set<string>();
  for await (const row of readRows(rowsFile)) for (const column of Object.keys(row)) columns.add(column);
  const names = [...columns];

  async function* lines(): AsyncGenerator<string> {
    yield stringify([names]);
    let table: string[][] = [];
    for await (const row of readRows(rowsFile)) {
      table.push(names.map((name) => csvCell(row[name])));
      if (table.length < CSV_BATCH) continue;
      yield stringify(table);
      table = [];
    }
    yield stringify(table);
  }

  const fresh = `${out}.new`;
  const target = createWriteStream(fresh, { flush: true });
  if (zipped) await pipeline(Readable.from(lines()), createGzip(), target);
  else await pipeline(Readable.from(lines()), target);
  await moveFile(fresh, out);
}

const CSV_BATCH = 1000;

async function* readRows(file: string): AsyncGenerator<Row> {
  for await (const line of readTextLines(file)) yield JSON.parse(line) as Row;
}

/** Lines of a file; blank ones are passed over. */
export async function* readTextLines(file: string): AsyncGenerator<string> {
  for await (const block of readBlocks(readBytes(file))) {
    for (const line of linesOf(block)) if (line.trim() !== '') yield line;
  }
}

/** A file's bytes, unzipped where its name says so; `-` is standard input. */
export function readBytes(file: string): Readable {
  if (file === '-') return process.stdin;
  const bytes = createReadStream(file);
  return file.endsWith('.gz') ? pipe(bytes, createGunzip(), () => undefined) : bytes;
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
