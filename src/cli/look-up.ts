import type { Command } from 'commander';
import { describeLookupCost, LOOKUP_INFO, LOOKUPS, type Lookup } from '../command/lookup.js';
import { examples } from './help.js';
import { addConnectionOptions, type ConnectionOptions } from './options/connection.js';
import { collectParameter } from './options/key-value.js';
import { addReportOptions, type ReportOptions, withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';

export interface LookUpOptions extends ConnectionOptions, ReportOptions {
  param: Record<string, string>;
}

/** Defines `look-up <what> [words...]`: the entries that a form would offer in a dropdown. */
export function define(command: Command, terminal: Terminal): void {
  command
    .argument('<what>', `${LOOKUPS.map(lookupName).join(', ')}`)
    .argument('[words...]', 'only entries that have all these words')
    .option(
      '-p, --param <key=value>',
      'what it depends on, such as event=Signup; repeatable',
      collectParameter,
      {},
    );
  addReportOptions(command, 'print entries as JSON');
  addConnectionOptions(command)
    .addHelpText('after', `\n${describeLookups()}`)
    .addHelpText(
      'after',
      examples(
        ['look-up reports purchases', 'the id of a saved report, by words of its name'],
        ['look-up properties -p event=Signup'],
        ['look-up property-values -p event=Signup -p propertyName=plan --sandbox'],
      ),
    )
    .action(
      withErrorReporting(
        terminal,
        async (name: string, words: readonly string[], options: LookUpOptions, _: Command) => {
          const { lookUp } = await import('./lookup-list.js');
          await lookUp(name, words, options, terminal);
        },
      ),
    );
}

/** Returns a lookup's name as one types it, such as `property-values`. */
export function lookupName(lookup: Lookup): string {
  return lookup.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns a line for each lookup: what it costs, and what it needs. */
function describeLookups(): string {
  return LOOKUPS.map((lookup) => {
    const needs = LOOKUP_INFO[lookup].needs.filter((key) => key !== 'projectId');
    const parameters = needs.length > 0 ? ` It needs ${needs.join(' and ')}.` : '';
    return `  ${lookupName(lookup)}: ${describeLookupCost(lookup)}${parameters}`;
  }).join('\n');
}
