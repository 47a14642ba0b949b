const REDACTED = '[redacted]';
/** As much of a text as is looked through for the beginning of it to be quoted. */
const WINDOW_CHARACTERS = 8192;

/** Shorter texts are parts of many words. Mixpanel's own passwords have 32 characters. */
export const MIN_SECRET_CHARACTERS = 8;

/** Removes a call's secrets from text that came back, however they are escaped there. */
export class Redactor {
  readonly #secrets: readonly string[];
  #pattern: RegExp | undefined;
  #longest = 0;

  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets.filter(({ length }) => length >= MIN_SECRET_CHARACTERS);
  }

  /** Returns the whole text without the secrets. */
  redact(text: string): string {
    return this.#secrets.length === 0 ? text : text.replace(this.#compile(), REDACTED);
  }

  /** Returns at most `maxCharacters` of the beginning of a text of any length, without the secrets. */
  quote(text: string, maxCharacters: number): string {
    const window = this.redact(text.slice(0, WINDOW_CHARACTERS));
    // The window may end within a secret, of which the beginning would be left.
    const whole = text.length <= WINDOW_CHARACTERS ? window : window.slice(0, -this.#longest || undefined);
    return whole.slice(0, maxCharacters);
  }

  // Most calls quote nothing.
  #compile(): RegExp {
    if (!this.#pattern) {
      // The longest first, since one form may begin with another.
      const forms = [...new Set(this.#secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
      this.#longest = forms[0]!.length;
      this.#pattern = new RegExp(forms.map(escapeForRegExp).join('|'), 'g');
    }
    return this.#pattern;
  }
}

type Encoder = (text: string) => string;

const toJson: Encoder = (text) => JSON.stringify(text).slice(1, -1);
/** Python's JSON, and with capital letters Java's. */
const toAsciiJson: Encoder = (text) => toJson(text).replace(/[^\x20-\x7e]/g, unicodeEscape);
const toAsciiJsonUpperCase: Encoder = (text) =>
  toJson(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unicodeEscape(unit).slice(2).toUpperCase()}`);
/** Go's JSON, which is safe within HTML. */
const toHtmlSafeJson: Encoder = (text) => toJson(text).replace(/[<>&'\u2028\u2029]/g, unicodeEscape);
/** PHP's JSON. */
const withEscapedSlashes: Encoder = (text) => text.replaceAll('/', '\\/');
const toComponent: Encoder = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
const toFormValue: Encoder = (text) => new URLSearchParams([['', text]]).toString().slice(1);
const withLowerCaseHex: Encoder = (text) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
const toHtml: Encoder = (text) => text.replace(/[&<>"']/g, (sign) => NAMED_ENTITIES[sign] ?? sign);
const toNumericHtml: Encoder = (text) =>
  toHtml(text).replaceAll('&#39;', '&#x27;').replaceAll('&quot;', '&#34;');

const NAMED_ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns a secret as it may stand in a response: as it is, and as the usual encoders write it. */
function formsOf(secret: string): string[] {
  const json = [toJson, toAsciiJson, toAsciiJsonUpperCase, toHtmlSafeJson].map((encode) => encode(secret));
  const urls = [toComponent, toFormValue].map((encode) => encode(secret));
  const html = [toHtml, toNumericHtml].map((encode) => encode(secret));
  return [
    secret,
    ...json,
    ...json.map(withEscapedSlashes),
    // JSON within JSON, and within a page.
    ...json.map(toJson),
    ...json.map(toHtml),
    ...urls,
    ...urls.map(withLowerCaseHex),
    ...html,
    ...html.map(toJson),
  ];
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
