/**
 * What Appsmith's parser refuses to read. It then shows the person who edits the query the whole request, the
 * password of the datasource included (`SaasPlugin.java`), so nothing of the kind may be sent. Numbers, which may
 * have 1,000 digits, need no check: JavaScript writes none of more than 25 characters.
 *
 * Source: jackson-core 2.17, `StreamReadConstraints.java`: strings of 20,000,000 characters, names of 50,000, 1,000
 * levels. The limits here leave room for the levels and escapes around a body.
 */
export const MAX_TEXT_CHARACTERS = 19_000_000;
export const MAX_LEVELS = 900;
export const MAX_NAME_CHARACTERS = 49_000;

/** Returns the first thing in a JSON value that the parser would refuse, in words; `undefined` when it reads all. */
export function findUnreadable(value: unknown): string | undefined {
  // Not recursive: a value may be nested deeper than the call stack.
  const open: Iterator<unknown>[] = [[value].values()];
  while (open.length > 0) {
    const { done, value: current } = open.at(-1)!.next();
    if (done) {
      open.pop();
      continue;
    }
    if (typeof current === 'string') {
      if (current.length > MAX_TEXT_CHARACTERS) return `a text of ${count(current.length)} characters`;
    } else if (typeof current === 'object' && current !== null) {
      if (open.length > MAX_LEVELS) return `more than ${MAX_LEVELS} levels of nesting`;
      if (!Array.isArray(current)) {
        for (const name of Object.keys(current))
          if (name.length > MAX_NAME_CHARACTERS) return `a name of ${count(name.length)} characters`;
      }
      open.push(Object.values(current).values());
    }
  }
  return undefined;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
