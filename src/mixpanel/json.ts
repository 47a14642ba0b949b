/**
 * Parses Mixpanel's JSON without losing digits: an integer beyond 2^53 arrives as a string of its digits, since
 * a JavaScript number would change it and a BigInt cannot be sent to a host as JSON. Everything else is
 * `JSON.parse`, with own `__proto__` keys.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(LONG_DIGITS.test(text) ? text.replace(TOKEN, keepDigits) : text);
}

// 2^53 has 16 digits, so shorter numbers are always exact: most texts skip the replacement.
const LONG_DIGITS = /\d{16}/;
// Strings are matched first, so that digits inside them are passed over.
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d{16,}$/;

function keepDigits(token: string): string {
  return INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
