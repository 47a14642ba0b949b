/** A value is not JSON data, or too much of it; the message says why, to follow the name of the field. */
export class NotJsonError extends Error {}

interface CopiedObject {
  copy: unknown;
  size: number;
  /** Levels of objects within it. */
  height: number;
}

/** More levels no endpoint takes, and far more would exhaust the stack of whatever walks them. */
export const MAX_DEPTH = 100;
const TOO_DEEP = `is nested more than ${MAX_DEPTH} levels deep`;
/** Brackets, commas and colons around a member, roughly. */
const MEMBER_CHARACTERS = 2;

/**
 * Reads a value that a caller made and copies it into plain JSON data, so that nothing of the caller's own runs later:
 * getters, proxies and `toJSON` run here, once. An object that holds others is visited once, however often it is referred to, but each
 * reference counts towards `maxSize`, since as JSON it would be written out each time.
 *
 * @throws NotJsonError when the value cannot be written as JSON.
 */
export function copyPlain(read: () => unknown, maxSize: number): unknown {
  try {
    return new PlainCopier(maxSize).copy(read(), 0);
  } catch (thrown) {
    if (thrown instanceof NotJsonError) throw thrown;
    // What a getter throws is not quoted: it may hold anything.
    throw new NotJsonError('cannot be read: one of its members failed when it was read.');
  }
}

class PlainCopier {
  #size = 0;
  readonly #maxSize: number;
  readonly #copied = new Map<object, CopiedObject>();
  /** Levels of objects within what was copied last. */
  #height = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  copy(value: unknown, depth: number): unknown {
    this.#height = 0;
    switch (typeof value) {
      case 'string':
        this.#count(value.length);
        return value;
      case 'bigint':
        if (depth > 0) throw new NotJsonError('holds a BigInt. Write it as a number, or as text in quotes.');
        return value;
      case 'symbol':
      case 'function':
        throw new NotJsonError(`${depth > 0 ? 'holds' : 'must not be'} a ${typeof value}.`);
      case 'object':
        return value === null ? null : this.#copyObject(value, depth);
      default:
        return value;
    }
  }

  #copyObject(object: object, depth: number): unknown {
    const known = this.#copied.get(object);
    if (depth + (known ? known.height - 1 : 0) > MAX_DEPTH) {
      throw new NotJsonError(`${TOO_DEEP}.`);
    }
    if (known) {
      this.#count(known.size);
      this.#height = known.height;
      return known.copy;
    }
    const sizeBefore = this.#size;
    const copy = this.#copyMembers(object, depth);
    const height = this.#height + 1;
    // Only sharing upon sharing grows without bound: what holds no objects need not be remembered.
    if (height > 1) this.#copied.set(object, { copy, size: this.#size - sizeBefore, height });
    this.#height = height;
    return copy;
  }

  #copyMembers(object: object, depth: number): unknown {
    const { toJSON } = object as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.copy(toJSON.call(object, ''), depth + 1);
    if (object instanceof String || object instanceof Number || object instanceof Boolean)
      return object.valueOf();
    let height = 0;
    const copyMember = (member: unknown) => {
      const copy = this.copy(member, depth + 1);
      height = Math.max(height, this.#height);
      return copy;
    };
    let copy: unknown;
    if (Array.isArray(object)) {
      // Counted first: an empty array may say that it has billions of items.
      const { length } = object;
      this.#count(MEMBER_CHARACTERS * length);
      copy = Array.from({ length }, (_, index) => copyMember(object[index]));
    } else {
      const entries: [string, unknown][] = [];
      for (const key of Object.keys(object)) {
        this.#count(key.length + 2 * MEMBER_CHARACTERS);
        const member = copyMember((object as Record<string, unknown>)[key]);
        if (member !== undefined) entries.push([key, member]);
      }
      // Keeps an own `__proto__` a member like any other.
      copy = Object.fromEntries(entries);
    }
    this.#height = height;
    return copy;
  }

  #count(characters: number): void {
    this.#size += characters;
    if (this.#size > this.#maxSize) {
      throw new NotJsonError(
        `is larger than the ${this.#maxSize.toLocaleString('en-US')} characters it can have.`,
      );
    }
  }
}
