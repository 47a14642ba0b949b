/** What kind of value a member has. All but `other` are written as `JSON.stringify` would write them. */
export const KIND = {
  asciiText: 0,
  text: 1,
  number: 2,
  true: 3,
  false: 4,
  null: 5,
  nested: 6,
  other: 7,
} as const;

const {
  asciiText: ASCII_TEXT,
  text: TEXT,
  number: NUMBER,
  true: TRUE,
  false: FALSE,
  null: NULL,
  nested: NESTED,
  other: OTHER,
} = KIND;

const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LOWER_T = 0x74;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MAX_ASCII = 0x7f;
const TEN = 10;
const [TRUE_BYTES, FALSE_BYTES, NULL_BYTES] = [true, false, null].map((value) =>
  Buffer.from(JSON.stringify(value)),
) as [Buffer, Buffer, Buffer];

/** Any number of so many digits is exact, and no shorter text stands for it. */
const MAX_EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, power) => 10 ** power);
/** A name that JavaScript takes for an index, and lists before all others, begins with a digit. */
const BEGINS_WITH_DIGIT = /^\d/;

const MAX_MEMBERS = 1000;
const MAX_NAME_BYTES = 1000;
const MAX_DEPTH = 20;
/** Names of all shapes together, and names that may follow one: objects beyond these are left to `JSON.parse`. */
const MAX_NODES = 20_000;
const MAX_CHILDREN = 100;

/** A sequence of names, none of them twice. */
interface Node<Layout> {
  parent: Node<Layout> | undefined;
  name: string;
  /** The name in quotes and the colon, as bytes. */
  written: Uint8Array;
  /** Whether an object with it is to be parsed: the name has occurred before, or JavaScript would move it. */
  isUnusual: boolean;
  children: Node<Layout>[];
  /** What `createLayout` returned; null for nothing. */
  layout: Layout | null | undefined;
}

/**
 * Finds the members of a compact JSON object in bytes, several times faster than `JSON.parse` makes an object of them:
 * the objects of a long list mostly have names that have occurred before, in the same order, so that names are compared
 * instead of read, and are known to occur once.
 *
 * It is no parser. A member of the kind `other` has yet to be parsed, and whatever is unusual (spaces, escapes in a
 * name, a name twice, a name such as `42`) makes `scan` return -1. The bytes must be UTF-8 and end with a newline.
 */
export class ObjectScanner<Layout> {
  /** Members of the object that was scanned last. */
  count = 0;
  layout: Layout | undefined;
  readonly kinds = new Uint8Array(MAX_MEMBERS);
  /** Where each value begins and ends, quotes included. */
  readonly starts = new Int32Array(MAX_MEMBERS);
  readonly ends = new Int32Array(MAX_MEMBERS);
  /** The values of the kind `number`. */
  readonly numbers = new Float64Array(MAX_MEMBERS);
  readonly #createLayout: (names: readonly string[]) => Layout | undefined;
  readonly #root: Node<Layout> = createNode<Layout>(undefined, '', new Uint8Array());
  readonly #nestedRoot: Node<Layout> = createNode<Layout>(undefined, '', new Uint8Array());
  #nodes = 0;
  #kind = 0;
  #number = 0;

  /** `createLayout` is called once for each sequence of names. An object without a layout is not scanned. */
  constructor(createLayout: (names: readonly string[]) => Layout | undefined) {
    this.#createLayout = createLayout;
  }

  /** Scans the object that begins at `start`. Returns the index behind it, or -1 if it is to be parsed. */
  scan(bytes: Buffer, start: number): number {
    if (bytes[start] !== OPEN_OBJECT) return -1;
    let at = start + 1;
    let node = this.#root;
    for (let count = 0; count < MAX_MEMBERS; count += 1) {
      const next = this.#nextNode(node, bytes, at);
      if (next === undefined) return -1;
      node = next;
      at += node.written.length;
      this.starts[count] = at;
      at = this.#scanValue(bytes, at, 0);
      if (at < 0) return -1;
      this.ends[count] = at;
      this.kinds[count] = this.#kind;
      this.numbers[count] = this.#number;
      const separator = bytes[at];
      at += 1;
      if (separator === COMMA) continue;
      if (separator !== CLOSE_OBJECT) return -1;
      this.count = count + 1;
      if (node.layout === undefined) node.layout = this.#createLayout(namesOf(node)) ?? null;
      if (node.layout === null) return -1;
      this.layout = node.layout;
      return at;
    }
    return -1;
  }

  /** Returns the index behind a value, and sets its kind. */
  #scanValue(bytes: Buffer, start: number, depth: number): number {
    const first = bytes[start]!;
    if (first === QUOTE) return this.#scanText(bytes, start);
    if (first === MINUS || (first - ZERO) >>> 0 < TEN) return this.#scanNumber(bytes, start);
    if (first === LOWER_T) return this.#scanLiteral(bytes, start, TRUE_BYTES, TRUE);
    if (first === LOWER_F) return this.#scanLiteral(bytes, start, FALSE_BYTES, FALSE);
    if (first === LOWER_N) return this.#scanLiteral(bytes, start, NULL_BYTES, NULL);
    if (first !== OPEN_ARRAY && first !== OPEN_OBJECT) return -1;
    const end =
      depth >= MAX_DEPTH
        ? -1
        : first === OPEN_ARRAY
          ? this.#scanArray(bytes, start, depth)
          : this.#scanNestedObject(bytes, start, depth);
    this.#kind = end < 0 ? OTHER : NESTED;
    return end < 0 ? endOfNested(bytes, start) : end;
  }

  #scanText(bytes: Buffer, start: number): number {
    let kind: number = ASCII_TEXT;
    let at = start + 1;
    for (;;) {
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      if (byte < SPACE) return -1;
      if (byte > MAX_ASCII) kind |= TEXT;
      else if (byte === BACKSLASH) {
        kind = OTHER;
        at += 1;
        if (bytes[at]! < SPACE) return -1;
      }
      at += 1;
    }
    this.#kind = kind;
    return at + 1;
  }

  #scanLiteral(bytes: Buffer, start: number, written: Buffer, kind: number): number {
    this.#kind = kind;
    return startsWith(bytes, start, written) ? start + written.length : -1;
  }

  /** Accepts what JavaScript would write the same way: no exponent, no superfluous zero, no more digits than it keeps. */
  #scanNumber(bytes: Buffer, start: number): number {
    const isNegative = bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    let at = first;
    let point = -1;
    let value = 0;
    for (;;) {
      const byte = bytes[at]!;
      if ((byte - ZERO) >>> 0 < TEN) value = value * TEN + (byte - ZERO);
      else if (byte === POINT && point < 0) point = at;
      else break;
      at += 1;
    }
    const next = bytes[at];
    const wholeEnd = point < 0 ? at : point;
    const hasLeadingZero = bytes[first] === ZERO && wholeEnd > first + 1;
    const isExact = wholeEnd > first && at - first <= MAX_EXACT_DIGITS && !hasLeadingZero;
    // Below a millionth JavaScript writes an exponent, and -0 it writes as 0.
    const isUsual = point < 0 ? value !== 0 || !isNegative : bytes[at - 1]! > ZERO && bytes[first] !== ZERO;
    if (isExact && isUsual && (next === COMMA || next === CLOSE_OBJECT || next === CLOSE_ARRAY)) {
      this.#kind = NUMBER;
      if (point >= 0) value /= POWERS_OF_TEN[at - point - 1]!;
      this.#number = isNegative ? -value : value;
      return at;
    }
    this.#kind = OTHER;
    for (; bytes[at]! > SPACE; at += 1) {
      if (bytes[at] === COMMA || bytes[at] === CLOSE_OBJECT || bytes[at] === CLOSE_ARRAY) break;
    }
    return at;
  }

  #scanArray(bytes: Buffer, start: number, depth: number): number {
    let at = start + 1;
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    for (;;) {
      at = this.#scanValue(bytes, at, depth + 1);
      if (at < 0 || this.#kind === OTHER) return -1;
      const separator = bytes[at];
      at += 1;
      if (separator === CLOSE_ARRAY) return at;
      if (separator !== COMMA) return -1;
    }
  }

  #scanNestedObject(bytes: Buffer, start: number, depth: number): number {
    let at = start + 1;
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    let node = this.#nestedRoot;
    for (;;) {
      const next = this.#nextNode(node, bytes, at);
      if (next === undefined) return -1;
      node = next;
      at = this.#scanValue(bytes, at + node.written.length, depth + 1);
      if (at < 0 || this.#kind === OTHER) return -1;
      const separator = bytes[at];
      at += 1;
      if (separator === CLOSE_OBJECT) return at;
      if (separator !== COMMA) return -1;
    }
  }

  #nextNode(node: Node<Layout>, bytes: Buffer, at: number): Node<Layout> | undefined {
    const { children } = node;
    for (let index = 0; index < children.length; index += 1) {
      const child = children[index]!;
      if (!startsWith(bytes, at, child.written)) continue;
      if (index > 0) {
        // What has just occurred is likely to occur again.
        children[index] = children[0]!;
        children[0] = child;
      }
      return child.isUnusual ? undefined : child;
    }
    return this.#addNode(node, bytes, at);
  }

  #addNode(parent: Node<Layout>, bytes: Buffer, start: number): Node<Layout> | undefined {
    if (this.#nodes >= MAX_NODES || parent.children.length >= MAX_CHILDREN || bytes[start] !== QUOTE) {
      return undefined;
    }
    let end = start + 1;
    for (; bytes[end] !== QUOTE; end += 1) {
      if (bytes[end]! < SPACE || bytes[end] === BACKSLASH) return undefined;
    }
    if (bytes[end + 1] !== COLON || end - start > MAX_NAME_BYTES) return undefined;
    const name = bytes.toString('utf8', start + 1, end);
    const child = createNode(parent, name, new Uint8Array(bytes.subarray(start, end + 2)));
    parent.children.push(child);
    this.#nodes += 1;
    return child.isUnusual ? undefined : child;
  }
}

function createNode<Layout>(
  parent: Node<Layout> | undefined,
  name: string,
  written: Uint8Array,
): Node<Layout> {
  let isUnusual = BEGINS_WITH_DIGIT.test(name) || name === '__proto__';
  for (let each = parent; each?.parent; each = each.parent) if (each.name === name) isUnusual = true;
  return { parent, name, written, isUnusual, children: [], layout: undefined };
}

function namesOf<Layout>(node: Node<Layout>): string[] {
  const names: string[] = [];
  for (let each = node; each.parent; each = each.parent) names.push(each.name);
  return names.reverse();
}

function startsWith(bytes: Uint8Array, at: number, beginning: Uint8Array): boolean {
  for (let index = 0; index < beginning.length; index += 1) {
    if (bytes[at + index] !== beginning[index]) return false;
  }
  return true;
}

/** Returns the index behind a list or an object that ends on its line, or -1. */
function endOfNested(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; bytes[at] !== NEWLINE; at += 1) {
    const byte = bytes[at]!;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === QUOTE) {
      at += 1;
      for (; bytes[at] !== QUOTE; at += 1) {
        if (bytes[at] === BACKSLASH) at += 1;
        if (bytes[at] === NEWLINE) return -1;
      }
    }
  }
  return -1;
}
