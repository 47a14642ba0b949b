/** Headers the client sets itself, or that could send the credentials elsewhere or garble the response. */
const RESERVED_HEADERS = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Source: RFC 9110 §5.1 and §5.5. A line break in a value could begin another header. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Bounds of ours: the HTTP client compares every header with every other, and servers refuse more than about 16 kB
 * of headers anyway.
 */
export const MAX_HEADERS = 50;
export const MAX_HEADER_NAME_CHARACTERS = 256;
export const MAX_HEADER_VALUE_CHARACTERS = 8192;

/** Yields what is wrong with headers that a person adds to a request, a sentence each. */
export function* checkRequestHeaders(headers: Readonly<Record<string, string>>): Iterable<string> {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) {
    yield `must have at most ${MAX_HEADERS} headers, not ${entries.length.toLocaleString('en-US')}.`;
    return;
  }
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    const lowerCaseName = name.toLowerCase();
    if (name.length > MAX_HEADER_NAME_CHARACTERS) {
      yield `has a name of ${name.length.toLocaleString('en-US')} characters. Names can have ${MAX_HEADER_NAME_CHARACTERS}.`;
    } else if (value.length > MAX_HEADER_VALUE_CHARACTERS) {
      yield `has a value of ${value.length.toLocaleString('en-US')} characters for ${name}. Values can have ${MAX_HEADER_VALUE_CHARACTERS.toLocaleString('en-US')}.`;
    } else if (RESERVED_HEADERS.has(lowerCaseName)) yield `must not set ${name}: it is set for you.`;
    else if (!HEADER_NAME.test(name)) yield `has a name that no header can have: ${JSON.stringify(name)}.`;
    else if (!HEADER_VALUE.test(value)) {
      yield `has a value for ${name} that no header can have. Remove line breaks and characters outside Latin-1.`;
    }
    if (seen.has(lowerCaseName)) yield `sets ${name} twice. Set it once; upper and lower case are the same.`;
    seen.add(lowerCaseName);
  }
}

/** Returns a header's value by its name in lower case, however it was written. */
export function findHeader(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
}

/** Headers whose values say how something is written, and are no secrets. */
const PLAIN_HEADERS = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-type',
  'pragma',
  'user-agent',
]);

/** Returns the values of a request's own headers that may be secrets, such as an API key of a proxy. */
export function secretHeaderValues(headers: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(headers)
    .filter(([name]) => !PLAIN_HEADERS.has(name.toLowerCase()))
    .map(([, value]) => value);
}
