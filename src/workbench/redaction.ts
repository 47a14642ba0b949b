/** Names of secret values in requests to Mixpanel. A project token is one: it lets anyone write events. */
const SECRET_NAMES =
  '\\$?token|access_token|refresh_token|id_token|api_key|api_secret|client_secret|secret|password|authorization|proxy-authorization|cookie|x-[\\w-]*(?:key|token|secret)';
const JSON_MEMBER = new RegExp(`"(${SECRET_NAMES})"(\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
/** JSON inside JSON, whose quotes are escaped. */
const NESTED_MEMBER = new RegExp(`(\\\\+")(${SECRET_NAMES})(\\\\+"\\s*:\\s*\\\\+")[^"\\\\]*`, 'gi');
const QUERY_PARAMETER = new RegExp(`(^|[?&\\s])(${SECRET_NAMES})=[^&\\s"]*`, 'gi');
const USER_IN_ADDRESS = /(:\/\/)[^/?#\s"@]+@/g;

/** Returns the parameters with placeholders for secrets in JSON text and URLs, safe to show, share and keep. */
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
    .replace(
      NESTED_MEMBER,
      (_, open: string, name: string, colon: string) => open + name + colon + placeholder(name),
    )
    .replace(QUERY_PARAMETER, (_, mark: string, name: string) => `${mark}${name}=${placeholder(name)}`)
    .replace(USER_IN_ADDRESS, '$1YOUR_CREDENTIALS@');
}

/** Returns `YOUR_API_SECRET` for `api_secret`. */
function placeholder(name: string): string {
  return `YOUR_${name.replace(/\W+/g, '_').replace(/^_/, '').toUpperCase()}`;
}
