import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = 'mixpanel-datasource';

/** Returns the folder of settings, as the XDG Base Directory Specification names it; on Windows, in AppData. */
export function configFolder(env: Environment): string {
  return join(env.XDG_CONFIG_HOME || env.AppData || join(homeOf(env), '.config'), NAME);
}

/** Returns the folder of what is kept between runs, as the XDG Base Directory Specification names it. */
export function stateFolder(env: Environment): string {
  return join(env.XDG_STATE_HOME || env.LocalAppData || join(homeOf(env), '.local', 'state'), NAME);
}

function homeOf({ HOME }: Environment): string {
  return HOME || homedir();
}
