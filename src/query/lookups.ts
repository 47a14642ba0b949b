import { type Datasource, datasourceForm } from '../command/datasource.js';
import type { Command } from '../command/definition.js';
import { type FormField, formFields } from '../command/field.js';
import type { Lookup, LookupOption } from '../command/lookup.js';
import { ParseError, receiveValue } from '../command/values.js';
import { HOUR_SECONDS } from '../time/durations.js';
import type { createExecutor } from './executor.js';
import { invalidInput } from './input-reader.js';

export interface LookupRequest {
  datasource: Datasource;
  /** The command whose form it is. Omit it, or leave it empty, for the datasource's form. */
  command?: string;
  /** The field whose dropdown is filled. */
  field?: string;
  /** The lookup for a value that is not a field, such as a cohort in form data. */
  lookup?: Lookup;
  /** The form's current values. The event determines the properties, and the property its values. */
  parameters?: Record<string, unknown>;
  signal?: AbortSignal;
}

export interface LookupResult {
  options: LookupOption[];
  /** Queries of the hourly limit that the lookup used; 0 if the cache or the App API answered. */
  cost: number;
}

const LOOKUP_CACHE_SECONDS = HOUR_SECONDS;
const LOOKUP_LIMIT = 255;

/** Returns the entries of a dropdown from the command that supplies them; empty if no command does. */
export async function lookUpOptions(
  commands: readonly Command[],
  executor: Pick<ReturnType<typeof createExecutor>, 'fetchRaw'>,
  { datasource, command, field, parameters = {}, signal, ...request }: LookupRequest,
): Promise<LookupResult> {
  const selected = commands.find(({ id }) => id === command);
  const form = selected ? formFields(selected) : datasourceForm();
  const lookup = request.lookup ?? form.find(({ key }) => key === field)?.lookup;
  const provider = lookup && commands.find(({ lookupOptions }) => lookupOptions?.[lookup]);
  if (!lookup || !provider) return { options: [], cost: 0 };
  // Only fields with lookups of their own narrow a lookup; type and limit belong to the form's own command.
  const narrowing = formFields(provider)
    .filter((each) => each.lookup)
    .map((each) => [each.key, receive(parameters, each)]);
  const { body, cost } = await executor.fetchRaw({
    datasource,
    command: provider.id,
    parameters: {
      ...Object.fromEntries(narrowing),
      limit: LOOKUP_LIMIT,
      cacheSeconds: LOOKUP_CACHE_SECONDS,
    },
    signal,
  });
  const project = receive(parameters, { key: 'projectId', label: 'Project ID' }) ?? datasource.projectId;
  const projectId = project === undefined ? undefined : String(project);
  return { options: provider.lookupOptions?.[lookup]?.(body, projectId) ?? [], cost };
}

/** @throws `INVALID_INPUT` when the value cannot be read. */
function receive(
  parameters: Record<string, unknown>,
  { key, label }: Pick<FormField, 'key' | 'label'>,
): unknown {
  try {
    return receiveValue(parameters, key);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw invalidInput('The lookup', [{ field: key, label, message: error.message }]);
  }
}
