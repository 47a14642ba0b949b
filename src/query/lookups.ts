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
  /** The command whose form it is; left out or empty for the datasource's own form. */
  command?: string;
  /** The field whose dropdown is to be filled. */
  field?: string;
  /** What to look up for something that is no field of its own, such as a cohort in form data. */
  lookup?: Lookup;
  /** The form's values so far: the event decides the properties, the property its values. */
  parameters?: Record<string, unknown>;
  signal?: AbortSignal;
}

export interface LookupResult {
  options: LookupOption[];
  /** Queries of the hourly limit the look-up spent; 0 when the cache or the App API answered. */
  cost: number;
}

const LOOKUP_CACHE_SECONDS = HOUR_SECONDS;
const LOOKUP_LIMIT = 255;

/** Returns the entries of a dropdown from the command that can supply them; empty when none can. */
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
  // Only fields that can be looked up themselves narrow a look-up; the form's type or limit belong to its command.
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
    throw invalidInput('The look-up', [{ field: key, label, message: error.message }]);
  }
}
