import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { PluginError } from '../../errors.js';
import type { Terminal } from '../terminal.js';
import { configFolder } from '../user-folders.js';
import { writeFileDurably } from './durable-file.js';

const profileSchema = z.object({
  username: z.string(),
  password: z.string(),
  region: z.string().optional(),
  projectId: z.string().optional(),
});
const fileSchema = z.object({ profiles: z.record(z.string(), profileSchema) });

/** The credentials of one account, under a name of the user's choice. */
export type Profile = z.output<typeof profileSchema>;

/** The profile that is used when none is named. */
export const DEFAULT_PROFILE = 'default';
const GROUP_AND_OTHERS_MODE = 0o077;
const OWNER_ONLY_FOLDER = 0o700;

/** The profiles of a user, in a file that only its owner reads. */
export class ProfileFile {
  readonly path: string;
  readonly #profiles: Map<string, Profile>;

  private constructor(path: string, profiles: Readonly<Record<string, Profile>>) {
    this.path = path;
    this.#profiles = new Map(Object.entries(profiles));
  }

  /** Throws `PluginError` if others can read the file, or if it cannot be understood. */
  static async open({ env }: Pick<Terminal, 'env'>): Promise<ProfileFile> {
    const path = join(configFolder(env), 'profiles.json');
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (text === undefined) return new ProfileFile(path, {});
    if (process.platform !== 'win32' && ((await stat(path)).mode & GROUP_AND_OTHERS_MODE) !== 0) {
      throw new PluginError(
        'INVALID_DATASOURCE',
        `Others on this machine can read ${path}, so it is not used. Run "chmod 600 ${path}". If others may have read it, replace the service accounts' secrets in Mixpanel.`,
      );
    }
    // Neither the parser's words nor the schema's values are shown: they could hold a password.
    const parsed = fileSchema.safeParse(tryParseJson(text));
    if (parsed.success) return new ProfileFile(path, parsed.data.profiles);
    throw new PluginError(
      'INVALID_DATASOURCE',
      `${path} cannot be understood. Delete it and run "mixpanel-datasource login" again.`,
    );
  }

  /** Names in the order of the alphabet, the default first. */
  get names(): string[] {
    const names = [...this.#profiles.keys()].sort();
    return names.includes(DEFAULT_PROFILE)
      ? [DEFAULT_PROFILE, ...names.filter((name) => name !== DEFAULT_PROFILE)]
      : names;
  }

  get(name: string): Profile | undefined {
    return this.#profiles.get(name);
  }

  async set(name: string, profile: Profile): Promise<void> {
    this.#profiles.set(name, profile);
    await this.#write();
  }

  /** Returns whether there was such a profile. */
  async delete(name: string): Promise<boolean> {
    const wasThere = this.#profiles.delete(name);
    if (wasThere) await this.#write();
    return wasThere;
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: OWNER_ONLY_FOLDER });
    const content = { profiles: Object.fromEntries(this.#profiles) };
    await writeFileDurably(this.path, `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** Returns the error for a profile that there is not. */
export function unknownProfile(name: string, { names }: ProfileFile): PluginError {
  const advice =
    names.length === 0
      ? `There are none yet. Add one with "mixpanel-datasource login --profile ${name}".`
      : `There are ${names.join(', ')}.`;
  return new PluginError('INVALID_INPUT', `There is no profile ${JSON.stringify(name)}. ${advice}`);
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
