import { toCsvHeader, toCsvLines } from '../../../result/csv.js';
import type { Row } from '../../../result/rows.js';
import { saveBlob } from '../browser/file-download.js';

export type RowFormat = 'csv' | 'ndjson';

/** A file of rows. It exists only when it has been closed. */
export interface RowFile {
  /** The name it was given, which a browser may change if there is such a file. */
  readonly name: string;
  write(rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
  /** Gives the file up, with what was written. */
  discard(): Promise<void>;
}

/** Where bytes go in the end. */
interface Target {
  readonly name: string;
  write(part: Blob): Promise<void>;
  close(): Promise<void>;
  discard(): Promise<void>;
}

interface FilePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/**
 * Opens the file to save to: on disk if the browser supports it (Chrome, Edge), otherwise in its blob store until the
 * file is closed. Returns `undefined` if the user cancelled the file picker.
 */
export async function openRowFile(name: string, format: RowFormat): Promise<RowFile | undefined> {
  const target = await openTarget(`${name}.${format}`, TYPES[format]);
  if (!target) return undefined;
  return format === 'csv' ? csvFile(target) : ndjsonFile(target);
}

const TYPES: Record<RowFormat, string> = { csv: 'text/csv', ndjson: 'application/x-ndjson' };

async function openTarget(name: string, type: string): Promise<Target | undefined> {
  const { showSaveFilePicker } = window as Window & FilePicker;
  if (!showSaveFilePicker) return memoryTarget(name, type);
  try {
    const handle = await showSaveFilePicker.call(window, { suggestedName: name });
    // The browser writes to a temporary file, which takes the place of the chosen one when it is closed.
    const writable = await handle.createWritable();
    return {
      name: handle.name,
      write: (part) => writable.write(part),
      close: () => writable.close(),
      discard: () => writable.abort(),
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    return memoryTarget(name, type);
  }
}

function memoryTarget(name: string, type: string): Target {
  let parts: Blob[] = [];
  return {
    name,
    async write(part) {
      // Browsers can move blobs to disk, but not strings.
      parts.push(part);
    },
    async close() {
      saveBlob(new Blob(parts, { type }), name);
      parts = [];
    },
    async discard() {
      parts = [];
    },
  };
}

function ndjsonFile(target: Target): RowFile {
  const { name, close, discard } = target;
  return { name, write: (rows) => target.write(toNdjson(rows)), close, discard };
}

/** Keeps the rows in the browser's blob store until the last one is there: only then are all columns known. */
function csvFile(target: Target): RowFile {
  const columns = new Set<string>();
  let parts: Blob[] = [];
  return {
    name: target.name,
    async write(rows) {
      for (const row of rows) for (const column of Object.keys(row)) columns.add(column);
      parts.push(toNdjson(rows));
    },
    async close() {
      const header = [...columns];
      if (header.length > 0) await target.write(new Blob([await toCsvHeader(header)]));
      for (const part of parts) {
        await target.write(new Blob([await toCsvLines(parseNdjson(await part.text()), header)]));
      }
      parts = [];
      await target.close();
    },
    async discard() {
      parts = [];
      await target.discard();
    },
  };
}

function toNdjson(rows: readonly Row[]): Blob {
  return new Blob([rows.map((row) => `${JSON.stringify(row)}\n`).join('')]);
}

function parseNdjson(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
