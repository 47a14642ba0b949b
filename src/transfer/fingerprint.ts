/**
 * A 64-bit hash of one record, in two halves that fit V8's integers. Among a million records the chance that any two
 * share one is one in thirty million. One object is reused, since a hash is computed for every record of an export.
 */
export class Fingerprint {
  low = 0;
  high = 0;

  /**
   * Hashes values in their order: FNV-1a in one half and multiply-and-shift in the other, so that the halves are
   * independent.
   */
  compute(parts: readonly unknown[]): this {
    this.begin();
    for (const part of parts) {
      if (typeof part === 'number' && Number.isSafeInteger(part)) this.addNumber(part);
      else this.#addText(typeof part === 'string' ? part : (JSON.stringify(part) ?? ''));
    }
    return this;
  }

  /** Begins the hash of another record, for the methods that add parts one by one. */
  begin(): void {
    this.low = 0x811c9dc5 | 0;
    this.high = 0x9e3779b9 | 0;
  }

  addNumber(number: number): void {
    const upper = Math.trunc(number / TWO_TO_32);
    this.low = Math.imul(Math.imul(this.low ^ number, FNV) ^ upper, FNV);
    this.high = Math.imul(Math.imul(this.high ^ upper, MULTIPLIER) ^ number, MULTIPLIER);
    this.#separate();
  }

  /** Adds a text from its bytes. */
  addUtf8(bytes: Buffer, start: number, end: number): void {
    let { low, high } = this;
    for (let at = start; at < end; at += 1) {
      const code = bytes[at]!;
      // Texts are hashed by their UTF-16 units, which ASCII has in common with UTF-8.
      if (code > MAX_ASCII) {
        this.#addText(bytes.toString('utf8', start, end));
        return;
      }
      low = Math.imul(low ^ code, FNV);
      high = Math.imul(high ^ code, MULTIPLIER);
      high ^= high >>> 15;
    }
    this.low = low;
    this.high = high;
    this.#separate();
  }

  #addText(text: string): void {
    let { low, high } = this;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      low = Math.imul(low ^ code, FNV);
      high = Math.imul(high ^ code, MULTIPLIER);
      high ^= high >>> 15;
    }
    this.low = low;
    this.high = high;
    this.#separate();
  }

  #separate(): void {
    this.low = Math.imul(this.low ^ SEPARATOR, FNV);
    const high = Math.imul(this.high ^ SEPARATOR, MULTIPLIER);
    this.high = high ^ (high >>> 13);
  }
}

const MAX_ASCII = 0x7f;
const FNV = 0x01000193;
const MULTIPLIER = 0x5bd1e995;
const TWO_TO_32 = 2 ** 32;
/** Cannot collide with a character code. */
const SEPARATOR = 0x7fff_ffff;

const BLOCK_RECORDS = 65_536;
const WORD_BYTES = 4;
export const FINGERPRINT_BYTES = 2 * WORD_BYTES;

/** Fingerprints in order of arrival, eight bytes each. */
export class FingerprintLog {
  #blocks: Int32Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add({ low, high }: Fingerprint): void {
    const at = this.#size % BLOCK_RECORDS;
    if (at === 0) this.#blocks.push(new Int32Array(2 * BLOCK_RECORDS));
    const block = this.#blocks[this.#blocks.length - 1]!;
    block[2 * at] = low;
    block[2 * at + 1] = high;
    this.#size += 1;
  }

  /** Returns all of them, to be written into a token. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(this.#size * FINGERPRINT_BYTES);
    let at = 0;
    this.forEach((low, high) => {
      bytes.writeInt32LE(low, at);
      bytes.writeInt32LE(high, at + WORD_BYTES);
      at += FINGERPRINT_BYTES;
    });
    return bytes;
  }

  static fromBytes(bytes: Buffer): FingerprintLog {
    const log = new FingerprintLog();
    const fingerprint = new Fingerprint();
    for (let at = 0; at + FINGERPRINT_BYTES <= bytes.length; at += FINGERPRINT_BYTES) {
      fingerprint.low = bytes.readInt32LE(at);
      fingerprint.high = bytes.readInt32LE(at + WORD_BYTES);
      log.add(fingerprint);
    }
    return log;
  }

  forEach(visit: (low: number, high: number) => void): void {
    for (let index = 0; index < this.#size; index += 1) {
      const block = this.#blocks[Math.floor(index / BLOCK_RECORDS)]!;
      const at = 2 * (index % BLOCK_RECORDS);
      visit(block[at]!, block[at + 1]!);
    }
  }
}

const INITIAL_SLOTS = 1024;
const SLOT_WORDS = 3;
const MAX_LOAD_FACTOR = 0.6;

/** Counts fingerprints in a hash table on one typed array, so that millions cost no objects. */
export class FingerprintCounts {
  #slots = INITIAL_SLOTS;
  #used = 0;
  #table = new Int32Array(INITIAL_SLOTS * SLOT_WORDS);
  #total = 0;

  static fromLog(log: FingerprintLog): FingerprintCounts {
    const counts = new FingerprintCounts();
    log.forEach((low, high) => {
      counts.#increment(low, high, 1);
    });
    return counts;
  }

  /** Fingerprints left. */
  get total(): number {
    return this.#total;
  }

  has({ low, high }: Fingerprint): boolean {
    return this.#table[this.#find(low, high) + 2]! > 0;
  }

  /** Adds one and returns how many were there before. */
  add({ low, high }: Fingerprint): number {
    return this.#increment(low, high, 1);
  }

  /** Removes one if present, and returns whether it was. */
  remove({ low, high }: Fingerprint): boolean {
    if (this.#total === 0) return false;
    const index = this.#find(low, high);
    if (this.#table[index + 2]! <= 0) return false;
    this.#table[index + 2]! -= 1;
    this.#total -= 1;
    return true;
  }

  /** Returns what is left, each as often as it is counted. */
  toLog(): FingerprintLog {
    const log = new FingerprintLog();
    const fingerprint = new Fingerprint();
    for (let at = 0; at < this.#table.length; at += SLOT_WORDS) {
      fingerprint.low = this.#table[at]!;
      fingerprint.high = this.#table[at + 1]!;
      for (let remaining = this.#table[at + 2]!; remaining > 0; remaining -= 1) log.add(fingerprint);
    }
    return log;
  }

  #increment(low: number, high: number, times: number): number {
    if (this.#used > this.#slots * MAX_LOAD_FACTOR) this.#grow();
    const at = this.#find(low, high);
    if (this.#table[at + 2] === 0) {
      // A slot whose count fell to zero stays in use: the search for others passes through it.
      if (this.#table[at] !== low || this.#table[at + 1] !== high) this.#used += 1;
      this.#table[at] = low;
      this.#table[at + 1] = high;
    }
    const earlier = this.#table[at + 2]!;
    this.#table[at + 2] = earlier + times;
    this.#total += times;
    return earlier;
  }

  /** Returns the slot of a fingerprint, or the free slot for it. */
  #find(low: number, high: number): number {
    let slot = (low ^ (high >>> 7)) & (this.#slots - 1);
    for (;;) {
      const at = slot * SLOT_WORDS;
      if (this.#table[at] === low && this.#table[at + 1] === high) return at;
      if (this.#table[at] === 0 && this.#table[at + 1] === 0 && this.#table[at + 2] === 0) return at;
      slot = (slot + 1) & (this.#slots - 1);
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#slots *= 2;
    this.#table = new Int32Array(this.#slots * SLOT_WORDS);
    this.#used = 0;
    this.#total = 0;
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      if (old[at + 2]! > 0) this.#increment(old[at]!, old[at + 1]!, old[at + 2]!);
    }
  }
}
