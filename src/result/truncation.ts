const START = 'Only the first ';

/** Returns the message for a list of which only the first rows are in the result. */
export function truncationMessage(rows: number, { of, because }: { of?: string; because: string }): string {
  return `${START}${rows.toLocaleString('en-US')}${of ? ` of ${of}` : ''} rows are here: ${because}`;
}

/** Returns the messages without that of an earlier truncation, which a later one replaces. */
export function withoutTruncation(messages: readonly string[]): string[] {
  return messages.filter((message) => !message.startsWith(START));
}
