const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Takes the items of the first array of a JSON document apart while it arrives, each as its own text. Holds no more
 * than one item. At the end `complete` tells whether the document was whole: one that was cut never closes.
 */
export class ArrayItemReader {
  #depth = 0;
  /** Depth of the array; 0 until it is found. */
  #arrayDepth = 0;
  #done = false;
  #inString = false;
  #escaped = false;
  #started = false;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  /** Bytes held of an item that has not ended. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether the document has come to its end. */
  get complete(): boolean {
    return this.#started && this.#depth === 0;
  }

  /** Whether an array has been found. */
  get arrayFound(): boolean {
    return this.#arrayDepth > 0;
  }

  /** Returns the items that end within this chunk. */
  read(chunk: Buffer): string[] {
    const items: string[] = [];
    let start = 0;
    const end = (at: number, next: number) => {
      this.#pending.push(chunk.subarray(start, at));
      const text = Buffer.concat(this.#pending).toString('utf8').trim();
      if (text !== '') items.push(text);
      this.#pending = [];
      this.#pendingBytes = 0;
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
    if (this.#arrayDepth > 0 && !this.#done) {
      this.#pending.push(chunk.subarray(start));
      this.#pendingBytes += chunk.length - start;
    }
    return items;
  }
}
