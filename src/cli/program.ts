import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { EXIT_CODES } from '../errors.js';
import { COMPLETE, type Shell } from './completion-scripts.js';
import { describeExitCodes } from './exit-code.js';
import { writeUsageError } from './report.js';
import { columnsOf, hasColors, type Terminal } from './terminal.js';

/** Adds arguments, options and the action to a subcommand. */
export type DefineSubcommand = (command: Command, terminal: Terminal) => void;

interface Subcommand {
  name: string;
  /** The line in the list of subcommands. */
  description: string;
  load(): Promise<{ define: DefineSubcommand }>;
}

/** Each is loaded when it is called: what one needs, the others do not wait for. */
const SUBCOMMANDS: readonly Subcommand[] = [
  { name: 'run', description: 'run one command and print its rows', load: () => import('./run.js') },
  {
    name: 'track',
    description: 'send the events of a file to Mixpanel; sending it again counts no event twice',
    load: () => import('./track.js'),
  },
  {
    name: 'look-up',
    description: 'list events, properties, saved reports or cohorts, by words of their names',
    load: () => import('./look-up.js'),
  },
  {
    name: 'test',
    description: 'check the credentials; uses no query quota',
    load: () => import('./test-connection.js'),
  },
  {
    name: 'quota',
    description: 'show how many queries of the hour are left',
    load: () => import('./quota.js'),
  },
  {
    name: 'login',
    description: 'keep the credentials of a service account',
    load: () => import('./login.js'),
  },
  { name: 'logout', description: 'forget kept credentials', load: () => import('./logout.js') },
  { name: 'profiles', description: 'list the accounts that are kept', load: () => import('./profiles.js') },
  {
    name: 'completion',
    description: 'print a script that completes commands, options and fields in your shell',
    load: () => import('./completion.js'),
  },
  {
    name: 'commands',
    description: 'list the commands, or the fields of one',
    load: () => import('./commands.js'),
  },
  {
    name: 'serve',
    description: 'serve the plugin to Appsmith over HTTP, and the workbench to a browser',
    load: () => import('./serve.js'),
  },
  {
    name: 'sandbox',
    description: 'start a local Mixpanel with its own data',
    load: () => import('./sandbox.js'),
  },
];

export const SUBCOMMAND_NAMES = SUBCOMMANDS.map(({ name }) => name);

/** Runs the command line. Returns the exit code. */
export async function runProgram(terminal: Terminal): Promise<number> {
  const { args } = terminal;
  const program = createProgram(terminal);
  if (args[0] === COMPLETE) return complete(program, terminal);
  const names = args.filter((each) => !each.startsWith('-'));
  await defineSubcommand(program, names[0] === 'help' ? names[1] : names[0], terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    // A call that cannot be understood is wrong input like any other.
    return thrown.exitCode === 0 ? 0 : EXIT_CODES.input;
  }
  return terminal.exitCode;
}

function createProgram(terminal: Terminal): Command {
  const { args, stdout, stderr } = terminal;
  const forProgram = args.includes('--json');
  const program = new Command('mixpanel-datasource')
    .description(
      'The Mixpanel datasource plugin: run its commands, serve it to a host, or develop against a local Mixpanel.',
    )
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => (forProgram ? writeUsageError(text, terminal) : stderr.write(text)),
      getOutHelpWidth: () => columnsOf(stdout),
      getErrHelpWidth: () => columnsOf(stderr),
      getOutHasColors: () => hasColors(terminal),
      getErrHasColors: () => false,
    })
    .showHelpAfterError(forProgram ? false : '(--help shows what is possible)')
    .addHelpText(
      'after',
      `
Credentials come from a profile (login), from MIXPANEL_USERNAME, MIXPANEL_PASSWORD, MIXPANEL_REGION
(US, EU, IN) and MIXPANEL_PROJECT_ID, or from a JSON file (--credentials); never from an argument.

Exit codes: ${describeExitCodes()}.`,
    );
  for (const { name, description } of SUBCOMMANDS) program.command(name).description(description);
  return program;
}

/** Answers the script of a shell: `__complete <shell> -- <words>`. What goes wrong must not disturb who is typing. */
async function complete(program: Command, terminal: Terminal): Promise<number> {
  const [, shell = '', , ...words] = terminal.args;
  try {
    const { completeWords } = await import('./completion-candidates.js');
    const load = (name: string) => defineSubcommand(program, name, terminal);
    terminal.stdout.write(await completeWords(program, shell as Shell, words, load, terminal));
  } catch {
    return EXIT_CODES.other;
  }
  return 0;
}

async function defineSubcommand(
  program: Command,
  name: string | undefined,
  terminal: Terminal,
): Promise<Command | undefined> {
  const subcommand = SUBCOMMANDS.find((each) => each.name === name);
  const command = program.commands.find((each) => each.name() === name);
  if (subcommand && command) (await subcommand.load()).define(command, terminal);
  return command;
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
