import { type Datasource, datasourceForm } from '../command/datasource.js';
import type { Command } from '../command/definition.js';
import { type FormField, formFields } from '../command/field.js';
import { LOOKUP_INFO, type Lookup, type LookupOption } from '../command/lookup.js';
import type { AskLookup, LookupSources } from '../command/lookup-source.js';
import { ParseError, readValue, receiveField, receiveValue } from '../command/values.js';
import { HOUR_SECONDS } from '../time/durations.js';
import type { createExecutor } from './executor.js';
import { invalidInput } from './input-reader.js';

export interface LookupRequest {
  datasource: Datasource;
  /** The command whose form it is. Omit it, or leave it empty, for the datasource's form. */
  command?: string;
  /** The field whose dropdown is filled. */
  field?: string;
  /** The lookup for a value that is not a field, such as a cohort in form data or a property in a filter. */
  lookup?: Lookup;
  /** The form's current values. The event determines the properties, and the property its values. */
  parameters?: Record<string, unknown>;
  /** Returns only the entries that have all these words, in any case. */
  search?: string;
  signal?: AbortSignal;
}

export interface LookupResult {
  options: LookupOption[];
  /** Queries of the hourly limit that the lookup used; 0 if the cache or the App API answered. */
  cost: number;
}

const LOOKUP_CACHE_SECONDS = HOUR_SECONDS;

/** Returns the entries of a dropdown; empty if the field has none. */
export async function lookUpOptions(
  sources: LookupSources,
  commands: readonly Command[],
  executor: Pick<ReturnType<typeof createExecutor>, 'fetchRaw'>,
  { datasource, command, field, parameters = {}, search = '', signal, ...request }: LookupRequest,
): Promise<LookupResult> {
  const selected = commands.find(({ id }) => id === command);
  const form = selected ? formFields(selected) : datasourceForm();
  const lookup = request.lookup ?? form.find(({ key }) => key === field)?.lookup;
  if (!lookup) return { options: [], cost: 0 };
  // Only what a lookup depends on narrows it; type, dates and limit belong to the form's own command.
  const { needs, narrowedBy } = LOOKUP_INFO[lookup];
  const values = Object.fromEntries(
    [...needs, ...narrowedBy].flatMap((key) => {
      const value =
        receive(commands, parameters, key) ?? (key === 'projectId' ? datasource.projectId : undefined);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  let cost = 0;
  const ask: AskLookup = async (supplier, supplied) => {
    const answer = await executor.fetchRaw(supplier as unknown as Command, {
      datasource,
      parameters: { ...supplied, cacheSeconds: LOOKUP_CACHE_SECONDS },
      signal,
    });
    cost += answer.cost;
    return answer.body as never;
  };
  const options = await sources[lookup].load(values, ask);
  return { options: matching(options, search), cost };
}

const MAX_SEARCH_CHARACTERS = 1000;

function matching(options: LookupOption[], search: string): LookupOption[] {
  // No option is as long as that.
  const words = [...new Set(search.slice(0, MAX_SEARCH_CHARACTERS).toLowerCase().split(/\s+/))].filter(
    Boolean,
  );
  if (words.length === 0) return options;
  return options.filter(({ label, value }) => {
    const text = `${label} ${value}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** @throws `INVALID_INPUT` when the value cannot be read. */
function receive(commands: readonly Command[], parameters: Record<string, unknown>, key: string): unknown {
  const field = commands.flatMap(formFields).find((each) => each.key === key);
  if (field?.kind === 'list') return receiveList(parameters, field);
  try {
    return receiveValue(parameters, key);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const label = field?.label ?? key;
    throw invalidInput('The lookup', [{ field: key, label, message: error.message }]);
  }
}

/** Returns the names of a list; `undefined` if it cannot be read yet, since it is still being typed. */
function receiveList(parameters: Record<string, unknown>, field: FormField): unknown {
  try {
    const received = receiveField(parameters, field);
    return received === undefined ? undefined : readValue(received, field);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
