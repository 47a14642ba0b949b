/** Returns a word as a POSIX shell reads it back. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Returns words as one line for a shell. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quote).join(' ');
}
