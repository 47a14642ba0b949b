/**
 * Returns how many times more CPU time `work` takes for an input eight times as large: about 8 when the work is in
 * proportion to the input, about 64 when it grows with its square. The least of several attempts, so that a busy
 * machine does not decide; a warm-up finds a size large enough to be measured.
 */
export async function growthFactor(work: (size: number) => unknown, startSize = 1000): Promise<number> {
  const cpuMs = async (size: number) => {
    const before = process.cpuUsage();
    await work(size);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  let size = startSize;
  while ((await cpuMs(size)) < MIN_MEASURABLE_MS && size < MAX_SIZE) size *= 2;
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && least > LINEAR_FACTOR; attempt += 1) {
    const small = await cpuMs(size);
    const large = await cpuMs(FACTOR * size);
    least = Math.min(least, large / Math.max(small, MIN_MEASURABLE_MS / 2));
  }
  return least;
}

const FACTOR = 8;
/** Room for caches that overflow: quadratic work grows more than twice as much. */
export const LINEAR_FACTOR = 3 * FACTOR;
const MIN_MEASURABLE_MS = 4;
const MAX_SIZE = 4_000_000;
const MAX_ATTEMPTS = 6;
