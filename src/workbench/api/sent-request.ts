import { checkDatasource } from '../../command/datasource.js';
import { PluginError } from '../../errors.js';
import { MIXPANEL_HOSTS } from '../../mixpanel/regions.js';
import type { MixpanelRequest, QueryValue } from '../../mixpanel/request.js';
import { readInputInProjectZone } from '../../query/input-reader.js';
import { findProjectZone } from '../../query/project-zone.js';
import { redactSecrets } from '../redaction.js';
import type { RunRequest, SentRequest } from '../wire.js';
import { listProjects } from './projects.js';
import type { Connection } from './sessions.js';

/**
 * Returns the request that a query sends to Mixpanel, the first if it sends several. It has no credentials, and
 * placeholders for secrets in the form. Returns a sentence in `problem` if the query cannot be sent.
 */
export async function describeRequest(
  connection: Connection,
  { command: id, parameters }: Pick<RunRequest, 'command' | 'parameters'>,
  now = Date.now(),
): Promise<{ request: SentRequest } | { problem: string }> {
  const command = connection.plugin.commands.find((each) => each.id === id);
  if (!command) return { problem: 'No command is selected. Select a command.' };
  try {
    const { region, projectId } = checkDatasource(connection.datasource);
    const context = { region, projectId, now };
    const { input } = await readInputInProjectZone(command, redactSecrets(parameters), context, {
      zoneOf: (project) => findProjectZone(project, () => listProjects(connection)),
    });
    const request = command.request(input, context);
    const host = (connection.hosts ?? MIXPANEL_HOSTS[region])[request.family];
    return { request: toSentRequest(request, host) };
  } catch (thrown) {
    if (!PluginError.is(thrown)) throw thrown;
    return { problem: thrown.message };
  }
}

function toSentRequest(request: MixpanelRequest, host: string): SentRequest {
  const { method, path, query, headers = {}, form, json, text, authenticated = true } = request;
  return {
    method,
    address: host + path,
    query: definedPairs(query),
    headers,
    form: definedPairs(form),
    ...(json === undefined ? {} : { json: JSON.stringify(json) }),
    ...(text === undefined ? {} : { text }),
    authenticated,
  };
}

function definedPairs(values: Record<string, QueryValue> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
