import { endOfString } from './string-scanner.js';

/**
 * Parses JSON without losing digits: an integer beyond 2^53 becomes a string of its digits, since a JavaScript number
 * would change it and a BigInt cannot be sent to a host as JSON. Everything else is `JSON.parse`, with own
 * `__proto__` keys. Takes time in proportion to the text, valid or not.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text.replace(LIKELY_INTEGER, quoteUnsafeInteger));
  } catch {
    // Either the text is not JSON, which throws here, or digits within a string were quoted: quotes set inside a
    // string cannot go unnoticed, since digits after its end are not JSON.
    JSON.parse(text);
    return JSON.parse(quoteIntegersOutsideStrings(text));
  }
}

// 2^53 has 16 digits, so shorter integers are always exact: most texts skip the replacement.
const LONG_DIGITS = /\d{16}/;
// What stands between separators mostly is a number, and this finds it several times faster than reading every string.
const LIKELY_INTEGER = /(?<=[:,[\s]|^)-?[1-9]\d{15,}(?=\s*(?:[,\]}]|$))/g;
// Outside strings nothing but an integer can look like this. A fraction or an exponent makes it another number.
const LONG_INTEGER = /(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE])/g;

function quoteUnsafeInteger(token: string): string {
  return Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
}

/** Expects valid JSON, in which every string has its end. */
function quoteIntegersOutsideStrings(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const opening = text.indexOf('"', at);
    if (opening < 0) {
      parts.push(text.slice(at).replace(LONG_INTEGER, quoteUnsafeInteger));
      break;
    }
    const end = endOfString(text, opening);
    parts.push(text.slice(at, opening).replace(LONG_INTEGER, quoteUnsafeInteger), text.slice(opening, end));
    at = end;
  }
  return parts.join('');
}

/** Returns true for an integer that has already lost digits: its JSON was parsed into a JavaScript number. */
export function isUnsafeInteger(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}
