import type { OutputStream } from '../terminal.js';

const LEVELS: Readonly<Record<number, string>> = { 40: 'warning', 50: 'error', 60: 'error' };
/** What says nothing to a person at the terminal. */
const HIDDEN_MEMBERS = ['level', 'time', 'pid', 'hostname', 'msg'];

/** Returns a log that a person reads: pino's JSON lines as `10:32:05 warning: message (member value)`. */
export function createPlainLog(stream: OutputStream): { write(line: string): void } {
  return { write: (line) => void stream.write(describeLine(line)) };
}

function describeLine(line: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  const level = LEVELS[Number(entry.level)];
  const members = Object.entries(entry)
    .filter(([name]) => !HIDDEN_MEMBERS.includes(name))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const details = members.length > 0 ? ` (${members.join(', ')})` : '';
  const time = new Date(Number(entry.time)).toLocaleTimeString('en-GB');
  return `${time} ${level ? `${level}: ` : ''}${entry.msg}${details}\n`;
}
