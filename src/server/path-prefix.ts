import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { PluginError } from '../errors.js';

export interface SecretPrefix {
  prefix: string;
  /** The file that keeps it. Absent if the prefix was given. */
  file?: string;
  /** Generated at this start: the operator has not seen it yet. */
  isNew: boolean;
}

const FILE_NAME = 'path-prefix';
const SECRET_BYTES = 24;
/** Too long to be guessed. */
const MIN_CHARACTERS = 16;

export interface PrefixNeeds {
  /** The address the service listens on. */
  host: string;
  pathPrefix?: string;
  stateDir: string;
  /** Whether only callers with a certificate of ours can connect. */
  callersCertified: boolean;
}

/**
 * Returns the prefix the service needs, if any. Appsmith does not authenticate itself, so off loopback the path has to
 * be the secret.
 */
export async function choosePrefix(needs: PrefixNeeds): Promise<SecretPrefix | undefined> {
  if (needs.pathPrefix) return { prefix: checkPrefix(needs.pathPrefix), isNew: false };
  return isLoopback(needs.host) || needs.callersCertified ? undefined : keptPrefix(needs.stateDir);
}

/** Returns the prefix kept in the directory, readable only by its owner. Generates it at the first start. */
async function keptPrefix(directory: string): Promise<SecretPrefix> {
  const file = join(directory, FILE_NAME);
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim()) return { prefix: checkPrefix(kept), file, isNew: false };
  const prefix = randomBytes(SECRET_BYTES).toString('base64url');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(file, `${prefix}\n`, { mode: 0o600 });
  return { prefix, file, isNew: true };
}

/** Throws `INVALID_INPUT` if the text cannot be one segment of a path, or could be guessed. */
function checkPrefix(text: string): string {
  const prefix = text.trim().replace(/^\/+|\/+$/g, '');
  if (/^[\w-]+$/.test(prefix) && prefix.length >= MIN_CHARACTERS) return prefix;
  throw new PluginError(
    'INVALID_INPUT',
    `The path prefix must be at least ${MIN_CHARACTERS} letters, digits, - or _. Leave it out to have one made.`,
  );
}

/** Returns whether only this machine can reach the address. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
