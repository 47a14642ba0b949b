import { checkDatasource } from '../../command/datasource.js';
import { PluginError } from '../../errors.js';
import { MIXPANEL_HOSTS } from '../../mixpanel/regions.js';
import type { MixpanelRequest, QueryValue } from '../../mixpanel/request.js';
import { readInputInProjectZone } from '../../query/input-reader.js';
import { findProjectZone } from '../../query/project-zone.js';
import { redactSecrets } from '../redaction.js';
import type { RunRequest, SnippetsResponse } from '../wire.js';
import { listProjects } from './projects.js';
import type { Connection } from './sessions.js';

/**
 * Returns the query as cURL and TypeScript. Credentials appear as names of environment variables. Relative dates stay
 * relative in TypeScript, and become days in cURL, because Mixpanel does not read them.
 */
export async function createSnippets(
  connection: Connection,
  { command: id, parameters }: RunRequest,
): Promise<SnippetsResponse> {
  const shown = redactSecrets(parameters);
  const typescript = toTypeScript(connection, id, shown);
  const command = connection.plugin.commands.find((each) => each.id === id);
  if (!command) return { typescript, problem: 'No command is selected. Select a command.' };
  try {
    const { region, projectId } = checkDatasource(connection.datasource);
    const context = { region, projectId, now: Date.now() };
    const { input } = await readInputInProjectZone(command, shown, context, {
      zoneOf: (project) => findProjectZone(project, () => listProjects(connection)),
    });
    const request = command.request(input, context);
    const host = (connection.hosts ?? MIXPANEL_HOSTS[region])[request.family];
    return { typescript, curl: toCurl(request, host) };
  } catch (thrown) {
    if (!PluginError.is(thrown)) throw thrown;
    return { typescript, problem: thrown.message };
  }
}

function toCurl(request: MixpanelRequest, host: string): string {
  const query = definedPairs(request.query);
  const search = query.length > 0 ? `?${new URLSearchParams(query)}` : '';
  const lines = [
    `curl --compressed${request.method === 'GET' ? '' : ` -X ${request.method}`} ${quoteForShell(host + request.path + search)}`,
    ...(request.authenticated === false ? [] : ['-u "$MIXPANEL_USERNAME:$MIXPANEL_PASSWORD"']),
    ...Object.entries(request.headers ?? {}).map(
      ([name, value]) => `-H ${quoteForShell(`${name}: ${value}`)}`,
    ),
    ...definedPairs(request.form).map(
      ([name, value]) => `--data-urlencode ${quoteForShell(`${name}=${value}`)}`,
    ),
    ...(request.json === undefined
      ? []
      : [
          `-H ${quoteForShell('Content-Type: application/json')}`,
          `--data-binary ${quoteForShell(JSON.stringify(request.json))}`,
        ]),
    ...(request.text === undefined ? [] : [`--data-binary ${quoteForShell(request.text)}`]),
  ];
  return lines.join(' \\\n  ');
}

function definedPairs(values: Record<string, QueryValue> = {}): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
}

/** Quotes text as one word of a POSIX shell. */
function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function toTypeScript(
  { datasource, hosts }: Connection,
  command: string,
  parameters: Record<string, unknown>,
): string {
  const given = Object.fromEntries(
    Object.entries(parameters).filter(([, value]) => value !== '' && value !== undefined),
  );
  const project = datasource.projectId ? `\n    projectId: ${JSON.stringify(datasource.projectId)},` : '';
  return `import { createPlugin } from 'mixpanel-datasource';

const plugin = createPlugin(${hosts ? indent(`{ hosts: ${JSON.stringify(hosts, null, 2)} }`, 0) : ''});
const result = await plugin.execute({
  datasource: {
    username: process.env.MIXPANEL_USERNAME ?? '',
    password: process.env.MIXPANEL_PASSWORD ?? '',
    region: ${JSON.stringify(datasource.region ?? 'US')},${project}
  },
  command: ${JSON.stringify(command)},
  parameters: ${indent(JSON.stringify(given, null, 2), 2)},
});
console.log(result.body);
await plugin.close();
`;
}

function indent(text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
}
