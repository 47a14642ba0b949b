/** How a CSV file is written. */
export interface CsvDialect {
  delimiter: string;
  /** Whether the first line only names the delimiter, as spreadsheets write it. */
  hasSeparatorLine: boolean;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
const SAMPLE_RECORDS = 20;

/**
 * Returns how a CSV file is written, from its beginning: what a first line `sep=;` names, else the sign that divides
 * most of the first records as it divides the header.
 */
export function detectDialect(sample: string): CsvDialect {
  const named = /^sep=(.)\r?(?:\n|$)/i.exec(sample)?.[1];
  if (named) return { delimiter: named, hasSeparatorLine: true };
  let best: { delimiter: string; agreeing: number; divisions: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const [header = 0, ...others] = countDivisions(sample, delimiter);
    if (header === 0) continue;
    const agreeing = others.filter((count) => count === header).length / Math.max(1, others.length);
    if (!best || agreeing > best.agreeing || (agreeing === best.agreeing && header > best.divisions)) {
      best = { delimiter, agreeing, divisions: header };
    }
  }
  return { delimiter: best?.delimiter ?? ',', hasSeparatorLine: false };
}

/** How often the sign stands outside quotes in each of the first records. */
function countDivisions(sample: string, delimiter: string): number[] {
  const counts: number[] = [];
  let count = 0;
  let empty = true;
  let quoted = false;
  for (const sign of sample) {
    if (sign === '"') quoted = !quoted;
    if (sign === '\n' && !quoted) {
      if (!empty) counts.push(count);
      if (counts.length > SAMPLE_RECORDS) return counts;
      count = 0;
      empty = true;
      continue;
    }
    if (sign !== '\r') empty = false;
    if (sign === delimiter && !quoted) count += 1;
  }
  if (!empty) counts.push(count);
  return counts;
}
