import type { CommandDefinition } from './definition.js';
import type { Fields } from './field.js';
import type { Lookup, LookupOption } from './lookup.js';

/** Values of a form that a lookup depends on, by field key. Empty ones are absent. */
export type LookupValues = Readonly<Record<string, unknown>>;

/** Runs a read command through the cache of the lookups and returns its validated answer. */
export type AskLookup = <F extends Fields, B>(
  command: CommandDefinition<F, B>,
  parameters: LookupValues,
) => Promise<B>;

/** Where the entries of a lookup come from. */
export interface LookupSource {
  /** @throws `PluginError` when they cannot be had. */
  load(values: LookupValues, ask: AskLookup): Promise<LookupOption[]>;
}

export type LookupSources = Readonly<Record<Lookup, LookupSource>>;
