import { LOOKUPS, type Lookup } from '../command/lookup.js';
import { PluginError } from '../errors.js';
import { type LookUpOptions, lookupName } from './look-up.js';
import { writeMessage } from './report.js';
import { withSession } from './session.js';
import { suggest } from './suggestions.js';
import { columnsOf, hasColors, type Terminal } from './terminal.js';
import { withStatusLine } from './ui/status-line.js';
import { renderTable } from './ui/table.js';

/** Lists the entries of a lookup that have all words, and what it cost. */
export async function lookUp(
  name: string,
  words: readonly string[],
  options: LookUpOptions,
  terminal: Terminal,
): Promise<void> {
  const lookup = findLookup(name);
  const { stdout, stderr } = terminal;
  const { json, quiet } = options;
  await withSession(options, terminal, async ({ plugin, datasource, signal }) => {
    const parameters = options.param;
    const asked = plugin.options({ datasource, lookup, parameters, search: words.join(' '), signal });
    const { options: entries, cost } = await (quiet || json
      ? asked
      : withStatusLine('Asking Mixpanel', stderr, asked));
    const rows = entries.map(({ value, label }) => ({ value, label }));
    if (json || !stdout.isTTY) stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    else stdout.write(renderTable(rows, { width: columnsOf(stdout), colors: hasColors(terminal) }));
    if (cost > 0) writeMessage(`${cost} ${cost === 1 ? 'query' : 'queries'} used.`, options, terminal);
  });
}

function findLookup(name: string): Lookup {
  const wanted = normalize(name);
  const lookup = LOOKUPS.find((each) => normalize(each) === wanted);
  if (lookup) return lookup;
  const candidates = LOOKUPS.map((each) => ({ name: lookupName(each), shown: lookupName(each) }));
  throw new PluginError(
    'INVALID_INPUT',
    `There is nothing to look up by the name ${JSON.stringify(name)}. ${suggest(name, candidates) ?? `There are ${candidates.map(({ shown }) => shown).join(', ')}.`}`,
  );
}

function normalize(name: string): string {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}
