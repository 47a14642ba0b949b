import { useCallback, useRef, useState } from 'react';
import type { Row } from '../../../row.js';
import type { QueryCall, StreamProgress } from '../../workbench-api/wire.js';
import { api, sentenceOf } from '../api.js';
import { fileName } from '../results/save-file.js';
import { openFile, type RowFile } from './row-file.js';
import { streamLines } from './stream-lines.js';

export interface ExportState {
  state: 'streaming' | 'done' | 'failed' | 'cancelled';
  command: string;
  since: number;
  until?: number;
  progress: StreamProgress;
  /** The first rows, to look at. */
  preview: Row[];
  /** Why it failed, in a sentence. */
  problem?: string;
  /** Takes what has arrived; absent where it already is in the file. */
  saveSoFar?: () => void;
}

const PREVIEW_ROWS = 1000;
const SHOW_EVERY_MS = 150;

/** A long query on its way into a file. */
export function useExport(onEnd: () => void) {
  const [state, setState] = useState<ExportState>();
  const abort = useRef<AbortController>(undefined);

  const start = useCallback(
    async (call: QueryCall) => {
      const file = await openFile(`${fileName(call.command)}.ndjson`);
      if (!file) return;
      abort.current?.abort();
      abort.current = new AbortController();
      const { signal } = abort.current;
      const first: ExportState = {
        state: 'streaming',
        command: call.command,
        since: Date.now(),
        progress: { rows: 0, bytes: 0, slicesDone: 0, slicesTotal: 0 },
        preview: [],
      };
      setState(first);
      const end = await receive(call, file, signal, first, setState);
      if (abort.current?.signal === signal) setState({ ...end, until: Date.now() });
      onEnd();
    },
    [onEnd],
  );

  return {
    export: state,
    start,
    cancel: useCallback(() => abort.current?.abort(), []),
    close: useCallback(() => {
      abort.current?.abort();
      setState(undefined);
    }, []),
  };
}

async function receive(
  call: QueryCall,
  file: RowFile,
  signal: AbortSignal,
  first: ExportState,
  show: (state: ExportState) => void,
): Promise<ExportState> {
  let now = first;
  let shownAt = 0;
  try {
    const response = await api.stream(call, signal);
    for await (const line of streamLines(response)) {
      if (line.kind === 'failure') return keep(file, { ...now, state: 'failed', problem: line.message });
      if (line.kind === 'rows') {
        await file.write(line.rows);
        const preview =
          now.preview.length < PREVIEW_ROWS
            ? [...now.preview, ...line.rows].slice(0, PREVIEW_ROWS)
            : now.preview;
        now = {
          ...now,
          preview,
          progress: { ...now.progress, rows: now.progress.rows + line.rows.length },
        };
      }
      if (line.kind === 'progress') now = { ...now, progress: { ...line.progress, rows: now.progress.rows } };
      if (line.kind === 'done') {
        await file.close();
        return { ...now, state: 'done' };
      }
      if (Date.now() - shownAt > SHOW_EVERY_MS) {
        shownAt = Date.now();
        show(now);
      }
    }
    return keep(file, {
      ...now,
      state: 'failed',
      problem: 'The stream ended early. What arrived is not all.',
    });
  } catch (error) {
    if (signal.aborted) return keep(file, { ...now, state: 'cancelled' });
    return keep(file, { ...now, state: 'failed', problem: sentenceOf(error) });
  }
}

/** An export that did not end well: a file on disk keeps its whole records, one in memory waits to be asked for. */
async function keep(file: RowFile, state: ExportState): Promise<ExportState> {
  if (file.onDisk) {
    await file.close();
    return state;
  }
  return state.progress.rows > 0 ? { ...state, saveSoFar: () => void file.close() } : state;
}
