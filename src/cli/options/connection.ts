import { type Command, InvalidArgumentError, Option } from 'commander';

export interface ConnectionOptions {
  profile?: string;
  credentials?: string;
  sandbox?: boolean;
  mixpanelUrl?: string;
}

/** The options every subcommand that talks to Mixpanel has. A password is never one: arguments are public. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--profile <name>',
        'credentials that "login" has kept; MIXPANEL_PROFILE by default',
      ).conflicts(['credentials', 'sandbox']),
    )
    .addOption(
      new Option('--credentials <file>', 'a JSON file with username, password, region and projectId'),
    )
    .addOption(
      new Option('--mixpanel-url <url>', 'ask a local Mixpanel that runs already')
        .conflicts('sandbox')
        .argParser(parseLoopbackUrl),
    )
    .addOption(
      new Option('--sandbox', 'start the local Mixpanel for this run and ask that').conflicts('credentials'),
    );
}

/** Credentials go nowhere but to Mixpanel and this machine. */
export function parseLoopbackUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !LOOPBACK_HOSTS.has(url.hostname)) {
    throw new InvalidArgumentError('It must be on this machine, such as http://127.0.0.1:8100.');
  }
  return url.origin;
}

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
