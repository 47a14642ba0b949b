import type { Row } from '../../../result/rows.js';
import { saveBlob } from '../browser/file-download.js';

/** A file of rows, one line of JSON each. */
export interface RowFile {
  /** Whether written rows go straight to disk, rather than to memory until the file is closed. */
  readonly onDisk: boolean;
  write(rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
}

interface FilePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/**
 * Opens the file to save to: on disk if the browser supports it (Chrome, Edge), otherwise in its blob store until the
 * file is closed. Returns `undefined` if the user cancelled the file picker.
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
      // Browsers can move blobs to disk, but not strings.
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
