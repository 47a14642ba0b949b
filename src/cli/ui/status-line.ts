import { SECOND_MS } from '../../time/durations.js';
import type { OutputStream } from '../terminal.js';

const UPDATE_INTERVAL_MS = 1000;

/** On a terminal, says on stderr that work goes on and for how long; silent when short or piped. */
export async function withStatusLine<T>(label: string, stderr: OutputStream, work: Promise<T>): Promise<T> {
  if (!stderr.isTTY) return work;
  const startedAt = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / SECOND_MS);
    stderr.write(`\r${label} … ${seconds} s (Ctrl-C cancels)`);
  }, UPDATE_INTERVAL_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    stderr.write('\r\u001b[K');
  }
}
