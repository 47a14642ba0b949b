/**
 * Returns the beginning of a value as JSON, followed by an ellipsis if there is more. Takes time in proportion to
 * `maxCharacters`, whatever the value holds.
 */
export function previewJson(value: unknown, maxCharacters: number): string {
  const preview = new Preview(maxCharacters);
  preview.write(value);
  return preview.text.length > maxCharacters ? `${preview.text.slice(0, maxCharacters)}…` : preview.text;
}

class Preview {
  text = '';
  readonly #maxCharacters: number;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  write(value: unknown): void {
    if (this.#isFull) return;
    if (typeof value === 'string') this.text += JSON.stringify(value.slice(0, this.#maxCharacters + 1));
    else if (typeof value !== 'object' || value === null) this.text += String(value);
    else if (Array.isArray(value))
      this.#writeMembers('[', value.keys(), ']', (index) => this.write(value[index]));
    else {
      this.#writeMembers('{', namesOf(value), '}', (name) => {
        this.write(name);
        this.text += ':';
        this.write((value as Record<string, unknown>)[name]);
      });
    }
  }

  #writeMembers<K>(opening: string, keys: Iterable<K>, closing: string, writeMember: (key: K) => void): void {
    this.text += opening;
    let isFirst = true;
    for (const key of keys) {
      if (this.#isFull) return;
      if (!isFirst) this.text += ',';
      isFirst = false;
      writeMember(key);
    }
    this.text += closing;
  }

  get #isFull(): boolean {
    return this.text.length > this.#maxCharacters;
  }
}

// Object.keys would list millions of names before the first is written.
function* namesOf(value: object): Generator<string> {
  for (const name in value) if (Object.hasOwn(value, name)) yield name;
}
