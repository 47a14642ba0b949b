const TOKEN = /("(?:token|\$token)"\s*:\s*)"(?:[^"\\]|\\.)*"/g;
const PLACEHOLDER = '"YOUR_TOKEN"';

/** Parameters fit to be shown or shared: a project token, which lets anybody write, becomes a placeholder. */
export function hideTokens(parameters: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replace(TOKEN, `$1${PLACEHOLDER}`) : value,
    ]),
  );
}
