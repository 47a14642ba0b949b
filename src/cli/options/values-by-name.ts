import type { Datasource } from '../../command/datasource.js';
import type { Command } from '../../command/definition.js';
import { type FormField, formFields } from '../../command/field.js';
import { LOOKUP_INFO } from '../../command/lookup.js';
import { readValue } from '../../command/values.js';
import { PluginError } from '../../errors.js';
import type { MixpanelPlugin } from '../../plugin.js';

interface Resolver {
  plugin: Pick<MixpanelPlugin, 'options'>;
  datasource: Datasource;
  signal?: AbortSignal;
  onMessage(message: string): void;
}

/**
 * Returns parameters with the ids of saved reports, projects and workspaces in place of their names, and says which id
 * a name is. Only look-ups that cost no query are made, and only for values that are no ids. Throws `PluginError` when
 * several have the name.
 */
export async function resolveNames(
  command: Command,
  parameters: Record<string, unknown>,
  { plugin, datasource, signal, onMessage }: Resolver,
): Promise<Record<string, unknown>> {
  const resolved = { ...parameters };
  for (const field of formFields(command)) {
    const { key, lookup, label } = field;
    const text = resolved[key];
    if (typeof text !== 'string' || !lookup || LOOKUP_INFO[lookup].queries > 0 || isValid(text, field))
      continue;
    const { options } = await plugin.options({
      datasource,
      command: command.id,
      field: key,
      parameters: resolved,
      search: text,
      ...(signal ? { signal } : {}),
    });
    const named = options.filter((option) => nameIn(option.label) === text.trim().toLowerCase());
    const ids = named.map(({ value }) => value);
    if (ids.length > 1) {
      throw new PluginError(
        'INVALID_INPUT',
        `${label}: several ${LOOKUP_INFO[lookup].noun} are called ${JSON.stringify(text)}. Give one of their ids: ${ids.join(', ')}.`,
      );
    }
    if (ids[0] === undefined) continue;
    resolved[key] = ids[0];
    onMessage(`${label}: ${JSON.stringify(text)} is ${ids[0]}.`);
  }
  return resolved;
}

function isValid(text: string, field: FormField): boolean {
  try {
    return field.schema.safeParse(readValue(text, field)).success;
  } catch {
    return false;
  }
}

/** Returns the name in a label such as `Signups by day (Insights, 67890)`, in lower case. */
function nameIn(label: string): string {
  return label.replace(/ \([^()]*\)$/, '').toLowerCase();
}
