import { redactSecrets } from '../redaction.js';
import type { RunRequest, SentRequest, SnippetsResponse } from '../wire.js';
import { describeFields, toCommandLine, toHostSnippets } from './host-snippets.js';
import { describeRequest } from './sent-request.js';
import type { Connection } from './sessions.js';
import { quoteForShell } from './shell.js';

/**
 * Returns the query for hosts, command lines and code. Credentials appear as names of environment variables. Relative dates stay
 * relative in TypeScript, and become days in cURL, because Mixpanel does not read them.
 */
export async function createSnippets(connection: Connection, request: RunRequest): Promise<SnippetsResponse> {
  const parameters = redactSecrets(request.parameters);
  const command = connection.plugin.commands.find(({ id }) => id === request.command);
  const snippets = {
    fields: command ? describeFields(command, parameters) : [],
    cli: command && toCommandLine(connection, command, parameters),
    typescript: toTypeScript(connection, request.command, parameters),
    hosts: command ? toHostSnippets(command, parameters) : [],
  };
  const described = await describeRequest(connection, request);
  return 'request' in described
    ? { ...snippets, curl: toCurl(described.request) }
    : { ...snippets, problem: described.problem };
}

function toCurl({ method, address, query, headers, form, json, text, authenticated }: SentRequest): string {
  const search = Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
  const lines = [
    `curl --compressed${method === 'GET' ? '' : ` -X ${method}`} ${quoteForShell(address + search)}`,
    ...(authenticated ? ['-u "$MIXPANEL_USERNAME:$MIXPANEL_PASSWORD"'] : []),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoteForShell(`${name}: ${value}`)}`),
    ...Object.entries(form).map(([name, value]) => `--data-urlencode ${quoteForShell(`${name}=${value}`)}`),
    ...(json === undefined
      ? []
      : [`-H ${quoteForShell('Content-Type: application/json')}`, `--data-binary ${quoteForShell(json)}`]),
    ...(text === undefined ? [] : [`--data-binary ${quoteForShell(text)}`]),
  ];
  return lines.join(' \\\n  ');
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
