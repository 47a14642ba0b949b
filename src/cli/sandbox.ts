import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { REGIONS, type Region } from '../mixpanel/regions.js';
import { examples } from './help.js';
import { parsePort, parsePositiveNumber, parseWholeNumber } from './options/numbers.js';
import { withErrorReporting } from './report.js';
import { DEFAULT_SANDBOX_PORT, describeTakenPort } from './sandbox-port.js';
import { waitForStopSignal } from './stop-signal.js';
import type { Terminal } from './terminal.js';

interface SandboxCliOptions {
  port?: number;
  host: string;
  seed?: number;
  events?: number;
  users?: number;
  days?: number;
  quotas: boolean;
  timeScale?: number;
  region?: Region;
  data?: string;
  state?: string;
  allowedHost: string[];
  tls?: string | true;
}

/** `sandbox`: a local Mixpanel, until Ctrl-C. */
export function define(command: Command, terminal: Terminal): void {
  command
    .option(
      '--port <port>',
      `where it listens; 0 takes a free one (default: ${DEFAULT_SANDBOX_PORT}, the next free one if that is taken)`,
      parsePort,
    )
    .option('--host <address>', 'the address it listens on', '127.0.0.1')
    .option('--seed <number>', 'another seed gives other data', parseWholeNumber)
    .option('--events <number>', 'approximate number of events', parseWholeNumber)
    .option('--users <number>', 'number of users', parseWholeNumber)
    .option('--days <number>', 'number of days, ending today', parseWholeNumber)
    .option('--no-quotas', "without Mixpanel's rate limits")
    .option(
      '--time-scale <factor>',
      'how many times faster the hour of the quota passes',
      parsePositiveNumber,
    )
    .addOption(new Option('--region <region>', 'be the cluster of one region only').choices(REGIONS))
    .option('--data <file>', 'events of your own, NDJSON as the export gives it')
    .option('--state <file>', 'keep what is written in this file across restarts')
    .option(
      '--tls [file]',
      'serve HTTPS with a self-signed certificate, and write the certificate to this file',
    )
    .option(
      '--allowed-host <name...>',
      'names by which callers reach it, such as a container name; loopback names and IP addresses always work',
      [],
    )
    .addHelpText(
      'after',
      examples(
        ['sandbox'],
        ['sandbox --seed 7 --days 365', 'a year of other data'],
        ['sandbox --port 9000 --state sandbox.ndjson', 'keep what is written'],
      ),
    )
    .action(
      withErrorReporting(terminal, (options: SandboxCliOptions, _: Command) => runSandbox(options, terminal)),
    );
}

async function runSandbox(options: SandboxCliOptions, terminal: Terminal): Promise<void> {
  const log = (details: Record<string, unknown>, message: string) =>
    reportFailure(details, message, terminal);
  const { startSandbox } = await import('../sandbox/index.js');
  const { findFreePort } = await import('../sandbox/http/free-port.js');
  const { data, state, region, allowedHost, tls, ...rest } = options;
  const port = options.port ?? (await findFreePort(DEFAULT_SANDBOX_PORT, options.host));
  const sandbox = await startSandbox({
    ...rest,
    port,
    dataFile: data,
    stateFile: state,
    regionMode: region,
    allowedHosts: allowedHost,
    tls: tls !== undefined,
    logger: { error: log, warn: log },
  });
  if (typeof tls === 'string' && sandbox.certificate) await writeFile(tls, sandbox.certificate);
  const [account] = sandbox.accounts;
  const isElsewhere = options.port === undefined && port !== DEFAULT_SANDBOX_PORT;
  terminal.stdout.write(
    (isElsewhere ? `${describeTakenPort(DEFAULT_SANDBOX_PORT)}\n` : '') +
      `A local Mixpanel is at ${sandbox.url}\n` +
      `Account ${account?.username}, password ${account?.password}\n` +
      `Projects ${sandbox.projects.map(({ id, name }) => `${id} (${name})`).join(', ')}\n` +
      (typeof tls === 'string' ? `Certificate ${tls} (NODE_EXTRA_CA_CERTS=${tls})\n` : '') +
      'Ctrl-C stops it.\n',
  );
  await waitForStopSignal(terminal);
  await sandbox.close();
}

function reportFailure(details: Record<string, unknown>, message: string, { stderr }: Terminal): void {
  const { error } = details;
  stderr.write(`${message}${error instanceof Error ? `\n${error.stack}` : ''}\n`);
}
