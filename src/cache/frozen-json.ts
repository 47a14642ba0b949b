/** Freezes JSON data deeply and returns its approximate size as JSON text, in bytes: one walk for both. */
export function freezeAndMeasure(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += freezeAndMeasure(item) + 1;
  } else {
    for (const [name, item] of Object.entries(value)) bytes += name.length + 4 + freezeAndMeasure(item);
  }
  Object.freeze(value);
  return bytes;
}
