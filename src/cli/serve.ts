import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { PluginError } from '../errors.js';
import { MEGABYTE } from '../json/bytes.js';
import { hostsAtUrl } from '../mixpanel/regions.js';
import type { RunningServer, TlsOptions } from '../server/index.js';
import { SECOND_MS } from '../time/durations.js';
import { examples } from './help.js';
import { parseLoopbackUrl } from './options/connection.js';
import { parsePort, parseWholeNumber } from './options/numbers.js';
import { withErrorReporting } from './report.js';
import { DEFAULT_SANDBOX_PORT, describeTakenPort } from './sandbox-port.js';
import { waitForStopSignal } from './stop-signal.js';
import type { Terminal } from './terminal.js';
import { createPlainLog } from './ui/plain-log.js';

interface ServeCliOptions {
  port: number;
  host: string;
  pathPrefix?: string;
  stateDir: string;
  redisUrl?: string;
  redisCa?: string;
  tlsCert?: string;
  tlsKey?: string;
  clientCa?: string;
  allowedHost: string[];
  appsmithUpstream?: string;
  sandbox: boolean;
  maxInFlight?: number;
  maxInFlightPerCaller?: number;
  maxAnswerMb?: number;
  drainSeconds?: number;
  logLevel?: string;
  sandboxPort: number;
  mixpanelUrl?: string;
}

/** `serve`: runs the HTTP service and the workbench until a signal stops them. */
export function define(command: Command, terminal: Terminal): void {
  command
    .option('--port <port>', 'where it listens; 0 takes a free one', parsePort, 8090)
    .option(
      '--host <address>',
      'the address it listens on; others than loopback get a secret prefix',
      '127.0.0.1',
    )
    .addOption(
      new Option(
        '--path-prefix <text>',
        'the secret first segment of all paths, instead of one made here',
      ).env('MIXPANEL_DATASOURCE_PATH_PREFIX'),
    )
    .option(
      '--state-dir <directory>',
      'folder of the generated path prefix and the quota file',
      '.mixpanel-datasource',
    )
    .addOption(
      new Option(
        '--redis-url <url>',
        'share quota and results with other processes through this Redis; also a Sentinel or a cluster',
      ).env('REDIS_URL'),
    )
    .addOption(
      new Option('--redis-ca <file>', 'trust only this authority for the certificate of Redis (PEM)').env(
        'REDIS_CA',
      ),
    )
    .option(
      '--replicas <number>',
      'how many services share that Redis: while it is gone each keeps to such a part of the quota (10)',
      parseWholeNumber,
    )
    .option('--tls-cert <file>', 'serve HTTPS with this certificate (PEM)')
    .option('--tls-key <file>', 'the key of the certificate (PEM)')
    .option('--client-ca <file>', 'let in only callers with a certificate of this authority (PEM)')
    .option(
      '--allowed-host <name...>',
      'names by which callers reach the service, such as a container name',
      [],
    )
    .option('--appsmith-upstream <url>', "where the rest of Appsmith's calls go: https://cs.appsmith.com")
    .option('--sandbox', 'answer from a local Mixpanel with a data set of its own', false)
    .option(
      '--sandbox-port <port>',
      'where that local Mixpanel listens; the next free one if it is taken',
      parsePort,
      DEFAULT_SANDBOX_PORT,
    )
    .option(
      '--mixpanel-url <url>',
      'send the queries of real accounts to a local Mixpanel that runs already, to try its other accounts on the page',
      parseLoopbackUrl,
    )
    .option(
      '--max-in-flight <number>',
      'queries at one time; further ones are refused as busy',
      parseWholeNumber,
    )
    .option(
      '--max-in-flight-per-caller <number>',
      'queries at one time for one address, three quarters of all by default; behind a proxy all callers share one',
      parseWholeNumber,
    )
    .option(
      '--max-answer-mb <number>',
      'the largest answer to Appsmith, 150 at most; further rows are cut (25)',
      parseWholeNumber,
    )
    .option(
      '--drain-seconds <number>',
      'time for running queries to end after a stop signal',
      parseWholeNumber,
    )
    .addOption(
      new Option(
        '--log-level <level>',
        'how much goes to stderr (default: info; warn on a terminal)',
      ).choices(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    )
    .addHelpText(
      'after',
      examples(
        ['serve --sandbox', 'try it without an account'],
        ['serve --host 0.0.0.0 --appsmith-upstream https://cs.appsmith.com', 'for a self-hosted Appsmith'],
        ['serve --redis-url redis://127.0.0.1:6379', 'share quota and results with other services'],
      ),
    )
    .action(
      withErrorReporting(terminal, (options: ServeCliOptions, _: Command) => runServer(options, terminal)),
    );
}

async function runServer(options: ServeCliOptions, terminal: Terminal): Promise<void> {
  const { startServer } = await import('../server/index.js');
  const { allowedHost, maxAnswerMb, drainSeconds, tlsCert, tlsKey, clientCa, redisCa, mixpanelUrl, ...rest } =
    options;
  const { stdout, stderr } = terminal;
  const server = await startServer({
    ...rest,
    ...(stderr.isTTY ? { logLevel: rest.logLevel ?? 'warn', logDestination: createPlainLog(stderr) } : {}),
    ...(mixpanelUrl ? { pluginOptions: { hosts: hostsAtUrl(mixpanelUrl) }, keepsQuota: false } : {}),
    tls: await readTls(tlsCert, tlsKey, clientCa),
    redisCa: redisCa && (await readPem(redisCa)),
    allowedHosts: allowedHost,
    maxAnswerBytes: maxAnswerMb === undefined ? undefined : maxAnswerMb * MEGABYTE,
    drainMs: drainSeconds === undefined ? undefined : drainSeconds * SECOND_MS,
  });
  stdout.write(startupMessage(server, { name: allowedHost[0], sandboxPort: rest.sandboxPort, mixpanelUrl }));
  await waitForStopSignal(terminal);
  await server.close();
}

/** The prefix itself is shown only once, at the start that made it. */
function startupMessage(
  { url, prefix, sandbox }: RunningServer,
  {
    name = "<this machine's name>",
    sandboxPort,
    mixpanelUrl,
  }: { name?: string; sandboxPort: number; mixpanelUrl?: string },
): string {
  const displayUrl = prefix && !prefix.isNew ? url.replace(prefix.prefix, '<prefix>') : url;
  return [
    `The workbench is at ${displayUrl.replace(WILDCARD_HOST, 'localhost')}/`,
    `For Appsmith: APPSMITH_CLOUD_SERVICES_BASE_URL=${displayUrl.replace(WILDCARD_HOST, name)}`,
    ...(prefix?.file ? [`The secret prefix is kept in ${prefix.file}`] : []),
    ...(sandbox ? describeSandbox(sandbox, sandboxPort) : []),
    ...(mixpanelUrl ? [`Accounts added on the page are those of ${mixpanelUrl}`] : []),
    'Ctrl-C stops it.\n',
  ].join('\n');
}

/** Where it listens on all addresses, none of them is an address to call. */
const WILDCARD_HOST = /(?<=^https?:\/\/)(?:0\.0\.0\.0|\[::\])(?=:)/;

function describeSandbox(
  { url, datasource }: NonNullable<RunningServer['sandbox']>,
  wantedPort: number,
): string[] {
  const { username, password, projectId } = datasource;
  return [
    ...(wantedPort === 0 || url.endsWith(`:${wantedPort}`) ? [] : [describeTakenPort(wantedPort)]),
    `Answers come from a local Mixpanel at ${url}: account ${username}, password ${password}, project ${projectId}`,
  ];
}

async function readTls(cert?: string, key?: string, clientCa?: string): Promise<TlsOptions | undefined> {
  if (!cert && !key && !clientCa) return undefined;
  if (!cert || !key) {
    throw new PluginError('INVALID_INPUT', 'HTTPS needs both: give --tls-cert and --tls-key.');
  }
  return {
    cert: await readPem(cert),
    key: await readPem(key),
    ...(clientCa ? { clientCa: await readPem(clientCa) } : {}),
  };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new PluginError(
      'INVALID_INPUT',
      `The file ${file} cannot be read. Check its path and who may read it.`,
    );
  }
}
