import type { Row } from '../../../result/rows.js';
import { saveBlob } from '../browser/file-download.js';

/** A file that takes rows one JSON line each. */
export interface RowFile {
  /** Whether what is written is on the disk already, not only in memory. */
  readonly onDisk: boolean;
  write(rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
}

interface FilePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/**
 * Opens the file to save to: straight on the disk where the browser can (Chrome, Edge), otherwise in the browser's
 * blob store until it is closed. `undefined` when the person chose none.
 */
export async function openRowFile(name: string): Promise<RowFile | undefined> {
  const { showSaveFilePicker } = window as Window & FilePicker;
  if (!showSaveFilePicker) return openMemoryFile(name);
  try {
    const handle = await showSaveFilePicker.call(window, { suggestedName: name });
    const writable = await handle.createWritable();
    return {
      onDisk: true,
      write: (rows) => writable.write(toNdjson(rows)),
      close: () => writable.close(),
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    return openMemoryFile(name);
  }
}

function openMemoryFile(name: string): RowFile {
  let parts: Blob[] = [];
  return {
    onDisk: false,
    async write(rows) {
      // A blob may be moved to the disk by the browser; a string may not.
      parts.push(new Blob([toNdjson(rows)]));
    },
    async close() {
      saveBlob(new Blob(parts, { type: 'application/x-ndjson' }), name);
      parts = [];
    },
  };
}

function toNdjson(rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
