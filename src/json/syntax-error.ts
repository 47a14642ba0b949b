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
  const problem =
    position >= text.length ? 'the text ends too early' : `unexpected ${JSON.stringify(text[position])}`;
  const location = `${problem} at line ${line}, column ${column}`;
  const after = confidential || before === '' ? '' : `, after ${JSON.stringify(before.slice(-20))}`;
  return `${location}${after}.`;
}

/** The 0-based index of the first character that does not fit, where the engine tells it. */
export function jsonErrorOffset(text: string, error: unknown): number | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const match = /at position (\d+)/.exec(error.message);
  if (match) return Number(match[1]);
  if (/Unexpected end|Unterminated/.test(error.message)) return text.length;
  // V8 quotes short texts whole and leaves the position out: the token it names is at the first failing prefix.
  const token = /Unexpected token '(.)'/s.exec(error.message)?.[1];
  return token === undefined ? undefined : firstFailingOffset(text, token);
}

// A prefix that holds the mistake fails, one that ends before it is merely unfinished: halving finds where that
// changes in a few parses, however often the token stands in a long text.
function firstFailingOffset(text: string, token: string): number | undefined {
  const offsets: number[] = [];
  for (let index = text.indexOf(token); index !== -1; index = text.indexOf(token, index + 1)) {
    offsets.push(index);
  }
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isInvalidPrefix(text.slice(0, offsets[middle]! + 1))) high = middle;
    else low = middle + 1;
  }
  return offsets[low];
}

function isInvalidPrefix(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return false;
  } catch (error) {
    return error instanceof SyntaxError && !/end of JSON input|Unterminated/.test(error.message);
  }
}
