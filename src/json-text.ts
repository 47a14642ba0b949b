/** Says where JSON text breaks, as line and column, in words that do not depend on the JavaScript engine. */
export function describeJsonError(text: string, error: unknown): string {
  const position = jsonErrorOffset(text, error);
  if (position === undefined) return error instanceof Error ? `${error.message}.` : 'it does not parse.';
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  const found =
    position >= text.length ? 'the text ends too early' : `unexpected ${JSON.stringify(text[position])}`;
  return `${found} at line ${line}, column ${column}, after ${JSON.stringify(before.slice(-20))}.`;
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

function firstFailure(text: string, token: string): number | undefined {
  for (let index = text.indexOf(token); index !== -1; index = text.indexOf(token, index + 1)) {
    try {
      JSON.parse(text.slice(0, index + 1));
    } catch (error) {
      if (error instanceof SyntaxError && !/end of JSON input|Unterminated/.test(error.message)) return index;
    }
  }
  return undefined;
}
