import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ERRORS, EXIT_CODES } from '../errors.js';
import { EXIT_CODE_MEANINGS } from './exit-code.js';
import { runProgram, SUBCOMMAND_NAMES } from './program.js';

const COLUMNS = 100;

/** Returns the help of every subcommand as Markdown, for `docs/command-line.md`. */
export async function describeSubcommands(): Promise<string> {
  const sections: string[] = [];
  for (const name of SUBCOMMAND_NAMES) {
    sections.push(`### ${name}\n\n\`\`\`text\n${(await printHelp(name)).trimEnd()}\n\`\`\`\n`);
  }
  return sections.join('\n');
}

/** Returns the exit codes as a Markdown table, each with the errors that end with it. */
export function describeExitCodeTable(): string {
  const rows = (Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]).map((name) => {
    const code = EXIT_CODES[name];
    const titles = Object.values(ERRORS)
      .filter(({ exitCode }) => exitCode === code)
      .map(({ title }) => title);
    return `| ${code} | ${EXIT_CODE_MEANINGS[name]} | ${titles.join(', ')} |`;
  });
  return ['| code | meaning | errors |', '|---|---|---|', '| 0 | done | – |', ...rows, ''].join('\n');
}

async function printHelp(name: string): Promise<string> {
  const stream = () => Object.assign(new PassThrough(), { columns: COLUMNS });
  const stdout = stream();
  const printed = text(stdout);
  await runProgram({
    stdin: new PassThrough(),
    stdout,
    stderr: stream(),
    env: {},
    programName: 'mixpanel-datasource',
    args: [name, '--help'],
    exitCode: 0,
    onSignal: () => () => undefined,
  });
  stdout.end();
  return printed;
}
