import { toCsv } from '../../../result/csv.js';
import type { Row } from '../../../result/rows.js';

/** Downloads rows as a CSV file. */
export async function saveCsv(rows: readonly Row[], name: string): Promise<void> {
  saveBlob(new Blob([await toCsv(rows)], { type: 'text/csv' }), `${name}.csv`);
}

/** Downloads any result as a JSON file. */
export function saveJson(body: unknown, name: string): void {
  saveBlob(new Blob([JSON.stringify(body, null, 2)], { type: 'application/json' }), `${name}.json`);
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser opens the blob during the click, so the URL can be revoked in the next task.
  setTimeout(() => URL.revokeObjectURL(url));
}

/** Returns `get-top-events` for `GET_TOP_EVENTS`. */
export function toFileName(command: string): string {
  return command.toLowerCase().replaceAll('_', '-');
}
