export type Path = readonly (string | number)[];

/** Returns the paths of members whose name or plain value contains a text, whatever its case; at most `max`. */
export function findPaths(root: unknown, text: string, max: number): Path[] {
  const searched = text.toLowerCase();
  const found: Path[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (found.length >= max) return;
    const name = path.at(-1);
    const isNested = typeof value === 'object' && value !== null;
    const matches =
      (typeof name === 'string' && name.toLowerCase().includes(searched)) ||
      (!isNested && String(value).toLowerCase().includes(searched));
    if (matches && path.length > 0) found.push(path);
    if (!isNested) return;
    for (const [key, child] of Object.entries(value)) {
      visit(child, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  visit(root, []);
  return found;
}
