/**
 * Parses Mixpanel's JSON without losing digits: an integer beyond 2^53 arrives as a string of its digits, since
 * a JavaScript number would change it and a BigInt cannot be sent to a host as JSON. Everything else is
 * `JSON.parse`, with own `__proto__` keys.
 */
export function parseJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text.replace(LIKELY_NUMBER, quoteUnsafeInteger));
  } catch {
    // Quotes set within a text cannot go unnoticed: digits after the end of a text are no JSON.
    return JSON.parse(text.replace(STRING_OR_NUMBER, quoteUnsafeInteger));
  }
}

// 2^53 has 16 digits, so shorter numbers are always exact: most texts skip the replacement.
const LONG_DIGITS = /\d{16}/;
// What looks like a number mostly is one, and is found several times faster than by reading every text.
const LIKELY_NUMBER = /(?<=[:,[\s])-?\d{16,}(?=[\s,\]}])/g;
// Strings are matched first, so that digits inside them are passed over.
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d{16,}$/;

function quoteUnsafeInteger(token: string): string {
  return INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}

/** True for an integer that is not what was written: whoever parsed its JSON made a JavaScript number of it. */
export function isUnsafeInteger(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}
