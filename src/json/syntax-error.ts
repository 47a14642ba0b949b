/**
 * Says where JSON text breaks, as line and column, in words that do not depend on the JavaScript engine. Nothing of
 * the text itself is repeated where it is `confidential`.
 */
export function describeJsonError(text: string, error: unknown, confidential = false): string {
  const position = jsonErrorOffset(text, error);
  if (position === undefined) return 'it does not parse.';
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  const found =
    position >= text.length ? 'the text ends too early' : `unexpected ${JSON.stringify(text[position])}`;
  const place = `${found} at line ${line}, column ${column}`;
  const after = confidential || before === '' ? '' : `, after ${JSON.stringify(before.slice(-20))}`;
  return `${place}${after}.`;
}

/** The 0-based index of the first character that does not fit, where the engine tells it. */
export function jsonErrorOffset(text: string, error: unknown): number | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const told = /at position (\d+)/.exec(error.message);
  if (told) return Number(told[1]);
  if (/Unexpected end|Unterminated/.test(error.message)) return text.length;
  // V8 quotes short texts whole and leaves the position out: the token it names is at the first failing prefix.
  const token = /Unexpected token '(.)'/s.exec(error.message)?.[1];
  return token === undefined ? undefined : firstFailure(text, token);
}

// A prefix that holds the mistake fails, one that ends before it is merely unfinished: halving finds where that
// changes in a few parses, however often the token stands in a long text.
function firstFailure(text: string, token: string): number | undefined {
  const places: number[] = [];
  for (let index = text.indexOf(token); index !== -1; index = text.indexOf(token, index + 1)) {
    places.push(index);
  }
  let [first, beyond] = [0, places.length];
  while (first < beyond) {
    const middle = (first + beyond) >> 1;
    if (isBroken(text.slice(0, places[middle]! + 1))) beyond = middle;
    else first = middle + 1;
  }
  return places[first];
}

function isBroken(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return false;
  } catch (error) {
    return error instanceof SyntaxError && !/end of JSON input|Unterminated/.test(error.message);
  }
}
