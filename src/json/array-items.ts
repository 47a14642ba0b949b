const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Takes the items of the first array of a JSON document apart while the document is still arriving, each as its own
 * text. Holds no more of it than one item. Ask `whole` at the end: a document that was cut never closes.
 */
export class ArrayItemReader {
  #depth = 0;
  /** How deep the array lies; 0 before it was found. */
  #arrayDepth = 0;
  #done = false;
  #inString = false;
  #escaped = false;
  #started = false;
  #pending: Buffer[] = [];

  /** Whether the document has come to its end. */
  get complete(): boolean {
    return this.#started && this.#depth === 0;
  }

  /** Whether an array has been found. */
  get arrayFound(): boolean {
    return this.#arrayDepth > 0;
  }

  /** The items this piece completes. */
  read(chunk: Buffer): string[] {
    const items: string[] = [];
    let start = 0;
    const end = (at: number, next: number) => {
      this.#pending.push(chunk.subarray(start, at));
      const text = Buffer.concat(this.#pending).toString('utf8').trim();
      if (text !== '') items.push(text);
      this.#pending = [];
      start = next;
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        this.#depth += 1;
        this.#started = true;
        if (byte === OPEN_ARRAY && this.#arrayDepth === 0) {
          this.#arrayDepth = this.#depth;
          start = at + 1;
        }
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        if (this.#depth === this.#arrayDepth && !this.#done) {
          end(at, at + 1);
          this.#done = true;
        }
        this.#depth -= 1;
      } else if (byte === COMMA && this.#depth === this.#arrayDepth && !this.#done) end(at, at + 1);
    }
    if (this.#arrayDepth > 0 && !this.#done) this.#pending.push(chunk.subarray(start));
    return items;
  }
}
