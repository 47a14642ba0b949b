/** A text that is no expression. `message` says what was found, where, and what would be right. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** Index of the offending character, from 0; the text's length when something is missing at its end. */
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}
