import { Presets, SingleBar } from 'cli-progress';
import { MEGABYTE } from '../../json/bytes.js';
import { SECOND_MS } from '../../time/durations.js';
import type { TransferProgress } from '../../transfer/index.js';

export interface ProgressBar {
  update(progress: TransferProgress): void;
  stop(): void;
}

/** A bar on stderr: pieces done, rows, bytes and their rate. Shows nothing where stderr is no terminal. */
export function createProgressBar(labels: { rows: string; steps: string }): ProgressBar {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar(
    {
      format: `{bar} {value}/{total} ${labels.steps} · {rows} ${labels.rows} · {megabytes} MB · {rate} ${labels.rows}/s`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: false,
    },
    Presets.shades_classic,
  );
  const startedAt = Date.now();
  let initialRows: number | undefined;
  bar.start(1, 0, { rows: 0, megabytes: '0.0', rate: 0 });
  return {
    update({ rows, bytes, slicesDone, slicesTotal }) {
      // Rows of an earlier run say nothing about the speed of this one.
      initialRows ??= rows;
      const seconds = Math.max((Date.now() - startedAt) / SECOND_MS, 1);
      bar.setTotal(Math.max(slicesTotal, 1));
      bar.update(slicesDone, {
        rows: rows.toLocaleString('en-US'),
        megabytes: (bytes / MEGABYTE).toFixed(1),
        rate: Math.round((rows - initialRows) / seconds).toLocaleString('en-US'),
      });
    },
    stop: () => bar.stop(),
  };
}
