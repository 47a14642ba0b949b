import { useCallback, useRef, useState } from 'react';
import type { Row } from '../../../result/rows.js';
import type { QueryCall, StreamCall, StreamProgress } from '../../wire.js';
import { api, sentenceOf } from '../browser/api-client.js';
import { fileName } from '../browser/file-download.js';
import { openFile, type RowFile } from './row-file.js';
import { streamLines } from './stream-lines.js';

export interface ExportState {
  state: 'streaming' | 'done' | 'failed' | 'cancelled';
  since: number;
  until?: number;
  progress: StreamProgress;
  /** The first rows, to look at. */
  preview: Row[];
  /** Why it failed, in a sentence. */
  problem?: string;
  /** Goes on after the rows that have arrived. */
  resumeToken?: string;
  /** Whether rows have arrived that are not in a file yet. */
  unsaved: boolean;
}

const PREVIEW_ROWS = 1000;
const SHOW_EVERY_MS = 150;

interface ExportEvents {
  /** A file has been chosen and rows are asked for. */
  onStart(): void;
  onEnd(): void;
}

/** A long query on its way into a file. */
export function useExport({ onStart, onEnd }: ExportEvents) {
  const [state, setState] = useState<ExportState>();
  const abort = useRef<AbortController>(undefined);
  const job = useRef<{ call: QueryCall; file: RowFile }>(undefined);

  const receive = useCallback(
    async (from: ExportState) => {
      if (!job.current) return;
      const { call, file } = job.current;
      const mine = new AbortController();
      abort.current = mine;
      const streaming: ExportState = {
        ...from,
        state: 'streaming',
        problem: undefined,
        resumeToken: undefined,
      };
      setState(streaming);
      const end = await takeIn(
        { ...call, resumeToken: from.resumeToken },
        file,
        mine.signal,
        streaming,
        setState,
      );
      // What cannot go on is put on the disk at once; in memory it waits to be asked for.
      const finished = end.state === 'done' || (file.onDisk && end.resumeToken === undefined);
      if (finished) await file.close();
      if (abort.current === mine) {
        setState({ ...end, until: Date.now(), unsaved: !finished && end.progress.rows > 0 });
      }
      onEnd();
    },
    [onEnd],
  );

  const start = useCallback(
    async (call: QueryCall) => {
      const file = await openFile(`${fileName(call.command)}.ndjson`);
      if (!file) return;
      onStart();
      abort.current?.abort();
      job.current = { call, file };
      await receive({
        state: 'streaming',
        since: Date.now(),
        progress: { rows: 0, bytes: 0, slicesDone: 0, slicesTotal: 0 },
        preview: [],
        unsaved: false,
      });
    },
    [receive, onStart],
  );

  return {
    export: state,
    start,
    resume: () => state && receive(state),
    cancel: useCallback(() => abort.current?.abort(), []),
    saveSoFar: useCallback(async () => {
      await job.current?.file.close();
      setState((known) => known && { ...known, unsaved: false, resumeToken: undefined });
    }, []),
    close: useCallback(() => {
      abort.current?.abort();
      abort.current = undefined;
      setState(undefined);
    }, []),
  };
}

/** Writes what arrives to the file until it ends, one way or another. */
async function takeIn(
  call: StreamCall,
  file: RowFile,
  signal: AbortSignal,
  from: ExportState,
  show: (state: ExportState) => void,
): Promise<ExportState> {
  let now = from;
  let shownAt = 0;
  try {
    for await (const line of streamLines(await api.stream(call, signal))) {
      switch (line.kind) {
        case 'done':
          return { ...now, state: 'done' };
        case 'failure':
          return { ...now, state: 'failed', problem: line.message, resumeToken: line.resumeToken };
        case 'rows':
          await file.write(line.rows);
          now = withRows(now, line.rows);
          break;
        case 'progress':
          now = { ...now, progress: { ...line.progress, rows: now.progress.rows } };
      }
      if (Date.now() - shownAt > SHOW_EVERY_MS) {
        shownAt = Date.now();
        show(now);
      }
    }
    return { ...now, state: 'failed', problem: 'The stream ended early. What arrived is not all.' };
  } catch (error) {
    return signal.aborted
      ? { ...now, state: 'cancelled' }
      : { ...now, state: 'failed', problem: sentenceOf(error) };
  }
}

function withRows(state: ExportState, rows: readonly Row[]): ExportState {
  const { preview, progress } = state;
  return {
    ...state,
    preview: preview.length < PREVIEW_ROWS ? [...preview, ...rows].slice(0, PREVIEW_ROWS) : preview,
    progress: { ...progress, rows: progress.rows + rows.length },
  };
}
