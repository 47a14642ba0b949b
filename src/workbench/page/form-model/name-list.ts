/** Returns the names in a field's text: a JSON array, or names separated by commas. */
export function parseNames(text: string): string[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  try {
    const parsed: unknown = JSON.parse(trimmed);
    return Array.isArray(parsed) ? parsed.map(String) : [String(parsed)];
  } catch {
    return trimmed
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
  }
}

/** Returns the field's text for names: a JSON array, or an empty text if there are none. */
export function formatNames(names: readonly string[]): string {
  return names.length === 0 ? '' : JSON.stringify([...new Set(names)]);
}
