import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Rows and credentials are for the account that asked for them. */
export const OWNER_ONLY = 0o600;

/** Replaces a small file in one step: after a crash it is either the old or the new one, whole. */
export async function writeFileDurably(path: string, text: string): Promise<void> {
  const temporaryPath = `${path}.new`;
  const file = await open(temporaryPath, 'w', OWNER_ONLY);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await renameDurably(temporaryPath, path);
}

/** Renames, and makes sure that the name is on the disk too. */
export async function renameDurably(from: string, to: string): Promise<void> {
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
