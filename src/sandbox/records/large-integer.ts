const MARKER = '\u0000large integer ';
const MARKED_INTEGER = /"\\u0000large integer (-?\d+)"/g;

/** An integer that a JavaScript number cannot hold, as a server in another language sends it. */
export class LargeInteger {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  /** Marked, for `toJsonText` to unwrap: JSON.stringify has no way to write bare digits. */
  toJSON(): string {
    return MARKER + this.digits;
  }
}

/** JSON text in which large integers are bare digits. */
export function toJsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('\\u0000large') ? text.replace(MARKED_INTEGER, '$1') : text;
}
