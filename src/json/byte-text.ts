const INITIAL_BYTES = 512 * 1024;
/** A native call costs as much as copying this many bytes one by one. */
const MIN_NATIVE_COPY_BYTES = 32;
/** UTF-8 takes no more for any unit of a string. */
const MAX_UTF8_BYTES_PER_CODE_UNIT = 3;

/**
 * Text as bytes, made of parts of a source and of what is put between them. Source and text share one buffer, within
 * which a part is copied three times as fast as from one buffer to another (55 against 175 ns for 260 bytes).
 */
export class ByteText {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #start = 0;
  #end = 0;

  /** Begins a new text, of parts of another source. */
  begin(source: Buffer): void {
    this.#start = source.length;
    this.#end = source.length;
    if (source.length > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(2 * source.length);
    this.#buffer.set(source);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Appends a part of the source. */
  copy(start: number, end: number): void {
    const length = end - start;
    this.#reserve(length);
    const buffer = this.#buffer;
    if (length >= MIN_NATIVE_COPY_BYTES) buffer.copyWithin(this.#end, start, end);
    else for (let index = 0; index < length; index += 1) buffer[this.#end + index] = buffer[start + index]!;
    this.#end += length;
  }

  /** Appends a text of ASCII characters. */
  appendAscii(text: string): void {
    this.#reserve(text.length);
    for (let index = 0; index < text.length; index += 1) {
      this.#buffer[this.#end + index] = text.charCodeAt(index);
    }
    this.#end += text.length;
  }

  append(text: string): void {
    this.#reserve(text.length * MAX_UTF8_BYTES_PER_CODE_UNIT);
    this.#end += this.#buffer.write(text, this.#end);
  }

  /** Returns a copy of the text. */
  toBytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#start, this.#end));
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#end + bytes));
    larger.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = larger;
  }
}
