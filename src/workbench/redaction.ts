/** Names of secret values in requests to Mixpanel. A project token is one: it lets anyone write events. */
const SECRET_NAMES = '\\$?token|access_token|api_key|api_secret|secret|password|authorization|x-api-key';
const JSON_MEMBER = new RegExp(`"(${SECRET_NAMES})"(\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
const QUERY_PARAMETER = new RegExp(`([?&])(${SECRET_NAMES})=[^&\\s"]*`, 'gi');

/** Returns the parameters with placeholders for secrets in JSON text and URLs, safe to show and share. */
export function redactSecrets(parameters: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      typeof value === 'string' ? redactText(value) : value,
    ]),
  );
}

function redactText(text: string): string {
  return text
    .replace(JSON_MEMBER, (_, name: string, colon: string) => `"${name}"${colon}"${placeholder(name)}"`)
    .replace(QUERY_PARAMETER, (_, mark: string, name: string) => `${mark}${name}=${placeholder(name)}`);
}

/** Returns `YOUR_API_SECRET` for `api_secret`. */
function placeholder(name: string): string {
  return `YOUR_${name.replace(/\W+/g, '_').replace(/^_/, '').toUpperCase()}`;
}
