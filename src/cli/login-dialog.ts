import { text } from 'node:stream/consumers';
import { read } from 'read';
import { PluginError } from '../errors.js';
import { hostsAtUrl, REGIONS } from '../mixpanel/regions.js';
import { createPlugin } from '../plugin.js';
import { DEFAULT_PROFILE, type Profile, ProfileFile } from './files/profile-file.js';
import type { LoginOptions } from './login.js';
import { toDatasource } from './options/credentials.js';
import type { Terminal } from './terminal.js';

/** Asks for what is not given, checks the credentials and keeps them. */
export async function logIn(options: LoginOptions, terminal: Terminal): Promise<void> {
  const file = await ProfileFile.open(terminal);
  const name = options.profile ?? DEFAULT_PROFILE;
  const profile = await readProfile(options, file.get(name), terminal);
  // Checks region and project, so that no time is lost on what cannot work.
  const datasource = toDatasource(profile, {
    username: '--username',
    region: '--region',
    projectId: '--project',
  });
  const plugin = createPlugin(options.mixpanelUrl ? { hosts: hostsAtUrl(options.mixpanelUrl) } : {});
  try {
    const { ok, message, code = 'WRONG_CREDENTIALS' } = await plugin.test(datasource);
    if (!ok) throw new PluginError(code, `${message} Nothing was saved.`);
    await file.set(name, profile);
    terminal.stdout.write(`${message}\n`);
    const use =
      name === DEFAULT_PROFILE ? 'It is used when no other is named.' : `Use it with --profile ${name}.`;
    terminal.stdout.write(`Saved as profile ${name} in ${file.path}. ${use}\n`);
  } finally {
    await plugin.close();
  }
}

async function readProfile(
  options: LoginOptions,
  earlier: Profile | undefined,
  terminal: Terminal,
): Promise<Profile> {
  const { stdin, passwordStdin } = { stdin: terminal.stdin, ...options };
  if (passwordStdin) {
    if (!options.username) {
      throw new PluginError('INVALID_INPUT', '--password-stdin needs --username, since nothing is asked.');
    }
    const password = (await text(stdin)).replace(/\r?\n$/, '');
    if (password === '') throw new PluginError('INVALID_INPUT', 'There is no password on standard input.');
    return omitEmpty({
      username: options.username,
      password,
      region: options.region,
      projectId: options.project,
    });
  }
  if (!stdin.isTTY) {
    throw new PluginError(
      'INVALID_INPUT',
      'There is no terminal to ask for the password. Give --username and --password-stdin, and the password on standard input.',
    );
  }
  const ask = (prompt: string, initial?: string, silent = false) =>
    read({ input: stdin, output: terminal.stderr, prompt, default: initial, silent, terminal: true }).catch(
      () => {
        throw new PluginError('CANCELLED', 'Cancelled. Nothing was saved.');
      },
    );
  const username = options.username ?? (await ask('Username of the service account: ', earlier?.username));
  const password = await ask('Its secret (not shown): ', undefined, true);
  terminal.stderr.write('\n');
  const region = options.region ?? (await ask(`Region (${REGIONS.join(', ')}): `, earlier?.region ?? 'US'));
  const projectId =
    options.project ?? (await ask('Default project ID (may be empty): ', earlier?.projectId ?? ''));
  return omitEmpty({ username, password, region, projectId });
}

function omitEmpty({
  username,
  password,
  region,
  projectId,
}: Record<keyof Profile, string | undefined>): Profile {
  return {
    username: username?.trim() ?? '',
    password: password ?? '',
    ...(region?.trim() ? { region: region.trim().toUpperCase() } : {}),
    ...(projectId?.trim() ? { projectId: projectId.trim() } : {}),
  };
}
