const FIRST_SIGN_MS = 1000;
const SECOND_MS = 1000;

/** On a terminal, says on stderr that work goes on and for how long; silent when short or piped. */
export async function whileWaiting<T>(what: string, work: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work;
  const began = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / SECOND_MS);
    process.stderr.write(`\r${what} … ${seconds} s (Ctrl-C cancels)`);
  }, FIRST_SIGN_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    process.stderr.write('\r\u001b[K');
  }
}
