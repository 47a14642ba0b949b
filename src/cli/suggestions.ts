import { distance } from 'fastest-levenshtein';

interface Candidate {
  /** What the wrong name is compared with. */
  name: string;
  shown: string;
}

const MAX_SUGGESTIONS = 3;
/** Edits between a name and the one that was likely meant, as a part of its length. */
const MAX_EDITED_PART = 0.4;

/** Returns whether each word begins a word of the name, in its order, as `agg-event` does `AGGREGATE_EVENT_COUNTS`. */
function abbreviates(wrong: string, name: string): boolean {
  const parts = name.split(/[^a-z0-9]+/);
  let at = 0;
  return wrong.split(/[^a-z0-9]+/).every((word) => {
    at = parts.findIndex((part, index) => index >= at && part.startsWith(word)) + 1;
    return at > 0;
  });
}

/** Returns a question such as `Did you mean limit?`, or nothing if no candidate is near. */
export function suggest(wrong: string, candidates: readonly Candidate[]): string | undefined {
  const nearest = new Map<string, number>();
  for (const { name, shown } of candidates) {
    const isShort = abbreviates(wrong.toLowerCase(), name.toLowerCase());
    const edits = isShort ? 0 : distance(wrong.toLowerCase(), name.toLowerCase());
    if (edits > Math.max(1, Math.round(name.length * MAX_EDITED_PART))) continue;
    nearest.set(shown, Math.min(edits, nearest.get(shown) ?? Number.POSITIVE_INFINITY));
  }
  const best = Math.min(...nearest.values());
  const [first, ...others] = [...nearest]
    // What is much farther than the nearest was not meant.
    .filter(([, edits]) => edits <= 2 * best + 1)
    .sort(([, one], [, other]) => one - other)
    .slice(0, MAX_SUGGESTIONS)
    .map(([shown]) => shown);
  if (first === undefined) return undefined;
  const rest = others.length > 0 ? ` or ${others.at(-1)}` : '';
  return `Did you mean ${[first, ...others.slice(0, -1)].join(', ')}${rest}?`;
}
