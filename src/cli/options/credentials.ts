import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { checkDatasource, type Datasource } from '../../command/datasource.js';
import { PluginError } from '../../errors.js';
import { DEFAULT_PROFILE, ProfileFile, unknownProfile } from '../files/profile-file.js';
import type { Terminal } from '../terminal.js';
import type { ConnectionOptions } from './connection.js';

const credentialsFileSchema = z.object({
  username: z.string(),
  password: z.string(),
  region: z.string().optional(),
  projectId: z.union([z.string(), z.number()]).transform(String).optional(),
});
type Settings = z.output<typeof credentialsFileSchema>;

const GROUP_AND_OTHERS_MODE = 0o077;

/** How the place of each setting is called, such as `MIXPANEL_REGION`. */
type SettingNames = Partial<Record<keyof Settings, string>>;

const VARIABLES = {
  username: 'MIXPANEL_USERNAME',
  password: 'MIXPANEL_PASSWORD',
  region: 'MIXPANEL_REGION',
  projectId: 'MIXPANEL_PROJECT_ID',
} as const satisfies SettingNames;

/**
 * Returns the datasource of a file, a named profile, the environment or the default profile, in this order. What is
 * missing is named, nothing is guessed.
 */
export async function readCredentials(
  { credentials, profile }: Pick<ConnectionOptions, 'credentials' | 'profile'>,
  terminal: Terminal,
): Promise<Datasource> {
  const { env } = terminal;
  if (credentials) return readCredentialsFile(credentials, terminal);
  const name = profile ?? env.MIXPANEL_PROFILE;
  if (name) return readProfile(name, await ProfileFile.open(terminal));
  const { MIXPANEL_USERNAME: username, MIXPANEL_PASSWORD: password } = env;
  if (username && password) {
    const { MIXPANEL_REGION: region, MIXPANEL_PROJECT_ID: projectId } = env;
    return toDatasource({ username, password, region, projectId }, VARIABLES);
  }
  if (username || password) {
    const missing = username ? VARIABLES.password : VARIABLES.username;
    throw new PluginError('INVALID_DATASOURCE', `${missing} is not set, but the other one is. Set both.`);
  }
  const file = await ProfileFile.open(terminal);
  if (file.get(DEFAULT_PROFILE)) return readProfile(DEFAULT_PROFILE, file);
  throw new PluginError(
    'INVALID_DATASOURCE',
    'No credentials. Run "mixpanel-datasource login", set MIXPANEL_USERNAME and MIXPANEL_PASSWORD, give a file with --credentials, or add --sandbox to use the local Mixpanel.',
  );
}

function readProfile(name: string, file: ProfileFile): Datasource {
  const found = file.get(name);
  if (!found) throw unknownProfile(name, file);
  return toDatasource(found, {
    region: `region of profile ${name}`,
    projectId: `project of profile ${name}`,
  });
}

async function readCredentialsFile(path: string, { stderr }: Terminal): Promise<Datasource> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new PluginError('INVALID_DATASOURCE', `The credentials file ${path} cannot be read.`);
  if (((await stat(path)).mode & GROUP_AND_OTHERS_MODE) !== 0) {
    stderr.write(`Warning: others on this machine can read ${path}; "chmod 600 ${path}" keeps it to you.\n`);
  }
  // Neither the parser's words nor the schema's values are shown: they could hold the password.
  const parsed = credentialsFileSchema.safeParse(tryParseJson(text));
  if (!parsed.success) {
    throw new PluginError(
      'INVALID_DATASOURCE',
      `The credentials file ${path} must be a JSON object with "username" and "password", and may have "region" and "projectId".`,
    );
  }
  return toDatasource(parsed.data, { region: `"region" in ${path}`, projectId: `"projectId" in ${path}` });
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Returns settings as a datasource. Throws `INVALID_INPUT` for a region or project that there cannot be, under the name
 * of the place it came from.
 */
export function toDatasource({ region, projectId, ...account }: Settings, names: SettingNames): Datasource {
  const settings = { ...account, ...(region ? { region } : {}), ...(projectId ? { projectId } : {}) };
  try {
    return checkDatasource(settings as Datasource);
  } catch (thrown) {
    if (!PluginError.is(thrown) || !thrown.issues) throw thrown;
    const values: Record<string, string | undefined> = { region, projectId };
    const lines = thrown.issues.map(({ field, label, message }) => {
      const received = values[field] === undefined ? '' : ` Received: ${values[field]}.`;
      return `${names[field as keyof Settings] ?? label}: ${message}${received}`;
    });
    throw new PluginError('INVALID_INPUT', lines.join('\n'));
  }
}
