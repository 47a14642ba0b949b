/** The names in a field's text: a JSON array, or what people write before they know it should be one. */
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

/** Names as the field's text; no names are an empty field, not an empty array. */
export function formatNames(names: readonly string[]): string {
  return names.length === 0 ? '' : JSON.stringify([...new Set(names)]);
}
