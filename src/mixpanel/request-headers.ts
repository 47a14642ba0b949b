/** Set by the client, or able to point the credentials elsewhere or to garble the answer. */
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

/** What is wrong with headers that a person adds to a request, a sentence each. */
export function* checkRequestHeaders(headers: Readonly<Record<string, string>>): Iterable<string> {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const lowerCaseName = name.toLowerCase();
    if (RESERVED_HEADERS.has(lowerCaseName)) yield `must not set ${name}: it is set for you.`;
    else if (!HEADER_NAME.test(name)) yield `has a name that no header can have: ${JSON.stringify(name)}.`;
    else if (!HEADER_VALUE.test(value)) {
      yield `has a value for ${name} that no header can have. Take line breaks and signs beyond Latin-1 out.`;
    }
    if (seen.has(lowerCaseName)) yield `sets ${name} twice. Set it once; upper and lower case are the same.`;
    seen.add(lowerCaseName);
  }
}

/** A header's value by its name, in whatever case it was written. */
export function findHeader(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
}
