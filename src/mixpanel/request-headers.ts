/** Set by the client, or able to point the credentials elsewhere or to garble the answer. */
const OWN_HEADERS = new Set([
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
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What is wrong with headers that a person adds to a request, a sentence each. */
export function* headerProblems(headers: Readonly<Record<string, string>>): Iterable<string> {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const plain = name.toLowerCase();
    if (OWN_HEADERS.has(plain)) yield `must not set ${name}: it is set for you.`;
    else if (!NAME.test(name)) yield `has a name that no header can have: ${JSON.stringify(name)}.`;
    else if (!VALUE.test(value)) {
      yield `has a value for ${name} that no header can have. Take line breaks and signs beyond Latin-1 out.`;
    }
    if (seen.has(plain)) yield `sets ${name} twice. Set it once; upper and lower case are the same.`;
    seen.add(plain);
  }
}

/** A header's value by its name, in whatever case it was written. */
export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
}
