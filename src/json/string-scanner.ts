const BACKSLASH = 0x5c;

/**
 * Returns the index after the closing quote of the string that opens at `opening`. The text must be valid JSON. An
 * expression would go back over a string without an end from each of its quotes, and exhaust the stack on a long one.
 */
export function endOfString(text: string, opening: number): number {
  for (let quote = text.indexOf('"', opening + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
