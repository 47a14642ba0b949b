import type { SingleBar } from 'cli-progress';
import { MEGABYTE } from '../../json/bytes.js';
import { SECOND_MS } from '../../time/durations.js';
import type { OutputStream } from '../terminal.js';

export interface ProgressState {
  rows: number;
  /** Bytes so far, if they are known. */
  bytes?: number;
  /** The day that was reached. */
  day?: string;
  /** What is done of a total that is known. */
  done?: { value: number; total: number };
}

export interface Progress {
  update(state: ProgressState): void;
  stop(): void;
}

/**
 * Shows on a terminal how a transfer proceeds: rows, their rate, the day reached, and a bar if it is known how many
 * there are. Shows nothing if `stderr` is no terminal or `hidden` is set.
 */
export async function createProgress(
  noun: string,
  { stderr, hidden }: { stderr: OutputStream; hidden?: boolean },
): Promise<Progress> {
  if (!stderr.isTTY || hidden) return { update() {}, stop() {} };
  const { Format, Presets, SingleBar } = await import('cli-progress');
  const startedAt = Date.now();
  let state: ProgressState = { rows: 0 };
  let initialRows: number | undefined;
  const bar: SingleBar = new SingleBar(
    {
      stream: stderr,
      hideCursor: true,
      format: (options, { progress }) => {
        const text = describeProgress(state, noun, {
          initialRows: initialRows ?? 0,
          ms: Date.now() - startedAt,
        });
        return state.done ? `${Format.BarFormat(progress, options)} ${text}` : text;
      },
    },
    Presets.shades_classic,
  );
  bar.start(1, 0);
  return {
    update(latest) {
      // Rows of an earlier run say nothing about the speed of this one.
      initialRows ??= latest.rows;
      state = latest;
      const { value, total } = latest.done ?? { value: 0, total: 1 };
      bar.setTotal(total);
      bar.update(value);
    },
    stop: () => bar.stop(),
  };
}

/** Returns what a progress line says. */
export function describeProgress(
  { rows, bytes, day, done }: ProgressState,
  noun: string,
  { initialRows, ms }: { initialRows: number; ms: number },
): string {
  const rate = Math.round((rows - initialRows) / (ms / SECOND_MS));
  const percent = done && `${Math.floor((100 * done.value) / Math.max(done.total, 1))} %`;
  return [
    percent,
    `${rows.toLocaleString('en-US')} ${noun}`,
    // The first moments are no measure of speed.
    ms >= SECOND_MS && rate > 0 && `${rate.toLocaleString('en-US')} ${noun}/s`,
    bytes && `${(bytes / MEGABYTE).toFixed(1)} MB`,
    day && `at ${day}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
