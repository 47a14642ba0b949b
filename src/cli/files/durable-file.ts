import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a small file in one step: after a crash it is either the old or the new one, whole. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await moveFile(fresh, path);
}

/** Renames, and makes sure that the name is on the disk too. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  let directory: FileHandle | undefined;
  try {
    directory = await open(dirname(to), 'r');
    await directory.sync();
  } catch {
    // Some systems cannot sync a directory; there the rename alone must do.
  } finally {
    await directory?.close();
  }
}
