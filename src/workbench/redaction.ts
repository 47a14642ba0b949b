/** Names under which requests to Mixpanel carry what must not be shared; a project token lets anybody write. */
const SECRET_NAMES = '\\$?token|access_token|api_key|api_secret|secret|password|authorization|x-api-key';
const JSON_MEMBER = new RegExp(`"(${SECRET_NAMES})"(\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
const QUERY_PARAMETER = new RegExp(`([?&])(${SECRET_NAMES})=[^&\\s"]*`, 'gi');

/** Parameters fit to be shown or shared: secrets in JSON text and in URLs become placeholders. */
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

/** `api_secret` as `YOUR_API_SECRET`. */
function placeholder(name: string): string {
  return `YOUR_${name.replace(/\W+/g, '_').replace(/^_/, '').toUpperCase()}`;
}
