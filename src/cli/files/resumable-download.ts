import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import * as z from 'zod';
import { PluginError } from '../../errors.js';
import { MEGABYTE } from '../../json/bytes.js';
import { NEWLINE, readLineBlocks, splitLines } from '../../mixpanel/ndjson.js';
import type { MixpanelPlugin } from '../../plugin.js';
import type { StreamRequest } from '../../query/prepared-query.js';
import { csvCell } from '../../result/csv.js';
import type { Row } from '../../result/rows.js';
import type { TransferProgress } from '../../transfer/index.js';
import { commandLineOf, type Terminal } from '../terminal.js';
import { createProgress, type ProgressState } from '../ui/progress.js';
import { OWNER_ONLY, renameDurably, writeFileDurably } from './durable-file.js';

export interface DownloadOptions {
  plugin: MixpanelPlugin;
  call: StreamRequest;
  /** `.ndjson`, `.jsonl` or `.csv`, with or without `.gz` behind it. */
  out: string;
  onProgress?: (progress: ProgressState) => void;
  /** Hears what a person should know: that an earlier run is continued. */
  onMessage?: (message: string) => void;
}

const OUTPUT_FILE_NAME = /\.(ndjson|jsonl|csv)(\.gz)?$/i;

/** Returns whether the rows of a query can be written to this file as they arrive, in the requested format. */
export function canStreamToFile(
  plugin: MixpanelPlugin,
  command: string,
  { out = '', format }: { out?: string; format?: string },
): boolean {
  const kind = kindOf(plugin, command);
  const [, extension] = OUTPUT_FILE_NAME.exec(out) ?? [];
  if ((kind !== 'export' && kind !== 'pages') || extension === undefined) return false;
  const formatOfName = extension.toLowerCase() === 'csv' ? 'csv' : 'ndjson';
  return format === undefined || format === 'raw' || format === formatOfName;
}

/** Downloads with a progress line. Throws an error whose message says what is kept and how to continue. */
export async function downloadWithProgress(
  download: Omit<DownloadOptions, 'onProgress'>,
  terminal: Terminal,
  { hidden }: { hidden?: boolean },
): Promise<void> {
  const { call, out, onMessage } = download;
  const progress = await createProgress('rows', { stderr: terminal.stderr, hidden });
  try {
    const { rows } = await downloadToFile({ ...download, onProgress: progress.update });
    progress.stop();
    onMessage?.(`${rows.toLocaleString('en-US')} rows in ${out}.`);
  } catch (thrown) {
    progress.stop();
    throw await describeStop(thrown, { out, signal: call.signal, commandLine: commandLineOf(terminal) });
  }
}

/** Returns the error that ended a download, with what is kept of it and the command that continues. */
async function describeStop(
  thrown: unknown,
  { out, signal, commandLine }: { out: string; signal?: AbortSignal; commandLine: string },
): Promise<unknown> {
  if (!PluginError.is(thrown) || thrown.code === 'INVALID_INPUT') return thrown;
  const isStopped = thrown.code === 'CANCELLED' && signal?.aborted;
  const kept = await readCheckpoint(out);
  if (!kept && !isStopped) return thrown;
  const start = isStopped ? 'Stopped.' : thrown.message;
  const rest = kept
    ? `${kept.rows.toLocaleString('en-US')} rows are kept in ${partialFilePath(out)}. To continue:`
    : 'No rows had arrived. To start again:';
  const { retryAt, upstream, upstreamStatus, resumeToken } = thrown;
  const details = { retryAt, upstream, upstreamStatus, resumeToken };
  return new PluginError(thrown.code, `${start} ${rest}\n  ${commandLine}`, details);
}

/**
 * Streams a query into a file. The rows go to `<out>.part` first, which gets its name when it is whole. Beside it
 * `<out>.part.json` tells how far the download is safe on the disk: the same call continues there after an error,
 * Ctrl-C or the death of the process.
 *
 * @throws what ended the stream, after what had arrived is safe.
 */
export async function downloadToFile(download: DownloadOptions): Promise<{ rows: number; bytes: number }> {
  const { plugin, call, out, onProgress, onMessage } = download;
  const [, extension = 'ndjson', gzipped] = OUTPUT_FILE_NAME.exec(out) ?? [];
  const isCsv = extension.toLowerCase() === 'csv';
  const partialFile = await PartialFile.open(out, { gzipped: gzipped !== undefined && !isCsv });
  try {
    const checkpoint = partialFile.checkpoint;
    let progress: TransferProgress = { rows: checkpoint?.rows ?? 0, bytes: 0, slicesDone: 0, slicesTotal: 1 };
    let pendingCheckpoint: { token: string; rows: number } | undefined;
    let resumeConfirmed = false;
    let day: string | undefined;
    const hasPages = kindOf(plugin, call.command) === 'pages';
    /** Only the stream knows whether the earlier run was of this query, and refuses before it asks Mixpanel. */
    const confirmResume = () => {
      if (checkpoint && !resumeConfirmed)
        onMessage?.(`Continuing after ${checkpoint.rows.toLocaleString('en-US')} rows of an earlier run.`);
      resumeConfirmed = true;
    };
    const stream = plugin.stream({
      ...call,
      resumeToken: checkpoint?.token,
      onMessage,
      onProgress: (latest) => {
        confirmResume();
        progress = latest;
        if (latest.checkpoint) pendingCheckpoint = { token: latest.checkpoint, rows: latest.rows };
        onProgress?.({ ...toProgressState(latest, hasPages), day });
      },
    });
    let rows = checkpoint?.rows ?? 0;
    try {
      for await (const lines of stream.lines()) {
        // A checkpoint tells of the rows before these, and those have been written.
        if (pendingCheckpoint) await partialFile.save(pendingCheckpoint);
        pendingCheckpoint = undefined;
        await partialFile.write(lines.bytes);
        rows += lines.rows;
        day = dayOf(lastRowOf(lines.bytes));
      }
    } catch (thrown) {
      if (PluginError.is(thrown) && thrown.resumeToken)
        await partialFile.save({ token: thrown.resumeToken, rows });
      if (checkpoint && PluginError.is(thrown) && thrown.code === 'INVALID_INPUT')
        throw resumeMismatchError(partialFile.path, thrown);
      throw thrown;
    }
    confirmResume();
    await partialFile.flush();
    if (isCsv) await writeCsv(partialFile.path, out, gzipped !== undefined);
    else await renameDurably(partialFile.path, out);
    await partialFile.remove();
    return { rows, bytes: progress.bytes };
  } finally {
    await partialFile.close();
  }
}

/** How many slices an export will have is not known before its end; how many pages a list has, its first one tells. */
function toProgressState(
  { rows, bytes, slicesDone, slicesTotal }: TransferProgress,
  hasPages: boolean,
): ProgressState {
  const isTotalKnown = hasPages && slicesTotal > 1;
  return { rows, bytes, ...(isTotalKnown ? { done: { value: slicesDone, total: slicesTotal } } : {}) };
}

function lastRowOf(lines: Buffer): Row {
  const start = lines.lastIndexOf(NEWLINE, lines.length - 2) + 1;
  return JSON.parse(lines.toString('utf8', start)) as Row;
}

function dayOf(row: Row): string | undefined {
  return typeof row.time === 'string' ? /^\d{4}-\d\d-\d\d/.exec(row.time)?.[0] : undefined;
}

function kindOf(plugin: MixpanelPlugin, command: string): string | undefined {
  return plugin.commands.find(({ id }) => id === command)?.transfer?.kind;
}

interface Checkpoint {
  token: string;
  rows: number;
}

const storedCheckpointSchema = z.object({ token: z.string(), rows: z.number(), bytes: z.number() });
const gzipBuffer = promisify(gzip);
/** Bytes after which the disk is asked to take what it was given, so that little is left to wait for at the end. */
const SYNC_INTERVAL_BYTES = 16 * MEGABYTE;

/** The file under way, and the note beside it of how much of it is safe. */
class PartialFile {
  readonly path: string;
  /** Where an earlier run stopped. */
  readonly checkpoint: Checkpoint | undefined;
  readonly #checkpointPath: string;
  readonly #file: FileHandle;
  readonly #zipped: boolean;
  #bytes: number;
  /** The lines before, which may still be under way. */
  #pendingWrite: Promise<void> = Promise.resolve();
  #pendingSync: Promise<void> = Promise.resolve();
  #syncedBytes: number;

  private constructor(
    out: string,
    file: FileHandle,
    gzipped: boolean,
    checkpoint: z.output<typeof storedCheckpointSchema> | undefined,
  ) {
    this.path = partialFilePath(out);
    this.#checkpointPath = checkpointPath(out);
    this.#file = file;
    this.#zipped = gzipped;
    this.#bytes = checkpoint?.bytes ?? 0;
    this.#syncedBytes = this.#bytes;
    this.checkpoint = checkpoint;
  }

  static async open(out: string, { gzipped }: { gzipped: boolean }): Promise<PartialFile> {
    const stored = await readCheckpoint(out);
    const file = await open(partialFilePath(out), stored ? 'r+' : 'w', OWNER_ONLY).catch(() =>
      open(partialFilePath(out), 'w', OWNER_ONLY),
    );
    const { size } = await file.stat();
    const checkpoint = stored && size >= stored.bytes ? stored : undefined;
    // Rows written after the last checkpoint are requested again.
    await file.truncate(checkpoint?.bytes ?? 0);
    return new PartialFile(out, file, gzipped, checkpoint);
  }

  /** Takes rows over; they are written while those after them are still arriving. */
  async write(lines: Buffer): Promise<void> {
    await this.#pendingWrite;
    this.#pendingWrite = this.#append(lines);
    this.#pendingWrite.catch(() => undefined); // Reported by the next write, or by `save`.
  }

  /** Rows first, then the note that counts on them. */
  async save(checkpoint: Checkpoint): Promise<void> {
    await this.flush();
    await writeFileDurably(this.#checkpointPath, JSON.stringify({ ...checkpoint, bytes: this.#bytes }));
  }

  async flush(): Promise<void> {
    await this.#pendingWrite;
    await this.#pendingSync;
    await this.#file.sync();
  }

  /** Whole records, written together, so that the file never ends within one. */
  async #append(rows: Buffer): Promise<void> {
    if (rows.length === 0) return;
    // Each stretch is a gzip member of its own: members in a row are one gzip file, and it can be cut between them.
    const bytes = this.#zipped ? await gzipBuffer(rows) : rows;
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#bytes + at);
      at += bytesWritten;
    }
    this.#bytes += bytes.length;
    if (this.#bytes - this.#syncedBytes < SYNC_INTERVAL_BYTES) return;
    this.#syncedBytes = this.#bytes;
    this.#pendingSync = this.#pendingSync.then(() => this.#file.datasync());
    this.#pendingSync.catch(() => undefined); // Reported by `finish`.
  }

  async remove(): Promise<void> {
    await rm(this.#checkpointPath, { force: true });
    await rm(this.path, { force: true });
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#pendingWrite, this.#pendingSync]);
    await this.#file.close();
  }
}

function resumeMismatchError(path: string, { message, issues }: PluginError): PluginError {
  if (issues) return new PluginError('INVALID_INPUT', message, { issues });
  return new PluginError(
    'INVALID_INPUT',
    `${path} is the beginning of another download. Repeat that one to finish it, or delete ${path} and ${path}.json.`,
  );
}

function partialFilePath(out: string): string {
  return `${out}.part`;
}

function checkpointPath(out: string): string {
  return `${out}.part.json`;
}

/** CSV needs all its columns in the first line, so it is written when all rows are there. */
async function writeCsv(rowsFile: string, out: string, gzipped: boolean): Promise<void> {
  const { stringify } = await import('csv-stringify/sync');
  const columns = new Set<string>();
  for await (const row of readRows(rowsFile)) for (const column of Object.keys(row)) columns.add(column);
  const columnNames = [...columns];

  async function* lines(): AsyncGenerator<string> {
    yield stringify([columnNames]);
    let table: string[][] = [];
    for await (const row of readRows(rowsFile)) {
      table.push(columnNames.map((name) => csvCell(row[name])));
      if (table.length < CSV_BATCH_ROWS) continue;
      yield stringify(table);
      table = [];
    }
    yield stringify(table);
  }

  const temporaryPath = `${out}.new`;
  const target = createWriteStream(temporaryPath, { flush: true, mode: OWNER_ONLY });
  if (gzipped) await pipeline(Readable.from(lines()), createGzip(), target);
  else await pipeline(Readable.from(lines()), target);
  await renameDurably(temporaryPath, out);
}

const CSV_BATCH_ROWS = 1000;

async function* readRows(file: string): AsyncGenerator<Row> {
  for await (const block of readLineBlocks(createReadStream(file))) {
    for (const line of splitLines(block)) if (line.trim() !== '') yield JSON.parse(line) as Row;
  }
}

function readCheckpoint(out: string): Promise<z.output<typeof storedCheckpointSchema> | undefined> {
  return readFile(checkpointPath(out), 'utf8').then(
    (text) => storedCheckpointSchema.safeParse(tryParseJson(text)).data,
    () => undefined,
  );
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
