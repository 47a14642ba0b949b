import { useCallback, useRef, useState } from 'react';
import type { Row } from '../../../result/rows.js';
import type { FileStreamRequest, RunRequest, StreamLine, StreamProgress } from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';
import { toFileName } from '../browser/file-download.js';
import { readJsonLines } from '../browser/json-lines.js';
import { openRowFile, type RowFile } from './row-file.js';

export interface ExportState {
  state: 'streaming' | 'done' | 'failed' | 'cancelled';
  startedAt: number;
  endedAt?: number;
  progress: StreamProgress;
  /** The first rows. */
  preview: Row[];
  /** Notices about the rows. */
  messages: string[];
  /** Why the export failed; a sentence. */
  problem?: string;
  /** Continues after the rows received so far. */
  resumeToken?: string;
  /** Whether some received rows are not in a file yet. */
  unsaved: boolean;
}

const PREVIEW_ROWS = 1000;
const RENDER_INTERVAL_MS = 150;

interface ExportEvents {
  /** Called when a file was chosen and the export starts. */
  onStart(): void;
  onEnd(): void;
}

/** Exports a query to a file, with progress, cancel and resume. */
export function useExport({ onStart, onEnd }: ExportEvents) {
  const [state, setState] = useState<ExportState>();
  const activeController = useRef<AbortController>(undefined);
  const job = useRef<{ request: RunRequest; file: RowFile }>(undefined);

  const receive = useCallback(
    async (previous: ExportState) => {
      if (!job.current) return;
      const { request, file } = job.current;
      const controller = new AbortController();
      activeController.current = controller;
      const started: ExportState = {
        ...previous,
        state: 'streaming',
        problem: undefined,
        resumeToken: undefined,
      };
      setState(started);
      const ended = await writeStream(
        { ...request, resumeToken: previous.resumeToken },
        file,
        controller.signal,
        started,
        setState,
      );
      // A file on disk is closed when the export cannot be resumed; rows in memory wait for "Save the rows so far".
      const finished = ended.state === 'done' || (file.onDisk && ended.resumeToken === undefined);
      if (finished) await file.close();
      if (activeController.current === controller) {
        setState({ ...ended, endedAt: Date.now(), unsaved: !finished && ended.progress.rows > 0 });
      }
      onEnd();
    },
    [onEnd],
  );

  const start = useCallback(
    async (request: RunRequest) => {
      const file = await openRowFile(`${toFileName(request.command)}.ndjson`);
      if (!file) return;
      onStart();
      activeController.current?.abort();
      job.current = { request: request, file };
      await receive({
        state: 'streaming',
        startedAt: Date.now(),
        progress: { rows: 0, bytes: 0, slicesDone: 0, slicesTotal: 0 },
        preview: [],
        messages: [],
        unsaved: false,
      });
    },
    [receive, onStart],
  );

  return {
    export: state,
    start,
    resume: () => state && receive(state),
    cancel: useCallback(() => activeController.current?.abort(), []),
    saveSoFar: useCallback(async () => {
      await job.current?.file.close();
      setState(
        (previousState) => previousState && { ...previousState, unsaved: false, resumeToken: undefined },
      );
    }, []),
    close: useCallback(() => {
      activeController.current?.abort();
      activeController.current = undefined;
      setState(undefined);
    }, []),
  };
}

/** Writes a stream to the file and returns how the export ended. */
async function writeStream(
  request: FileStreamRequest,
  file: RowFile,
  signal: AbortSignal,
  previous: ExportState,
  render: (state: ExportState) => void,
): Promise<ExportState> {
  let current = previous;
  let renderedAt = 0;
  try {
    for await (const line of readJsonLines<StreamLine>(await api.stream(request, signal))) {
      switch (line.kind) {
        case 'done':
          return { ...current, state: 'done' };
        case 'failure':
          return { ...current, state: 'failed', problem: line.message, resumeToken: line.resumeToken };
        case 'rows':
          await file.write(line.rows);
          current = addRows(current, line.rows);
          break;
        case 'message':
          current = { ...current, messages: [...new Set([...current.messages, line.message])] };
          break;
        case 'progress':
          current = { ...current, progress: { ...line.progress, rows: current.progress.rows } };
      }
      if (Date.now() - renderedAt > RENDER_INTERVAL_MS) {
        renderedAt = Date.now();
        render(current);
      }
    }
    return {
      ...current,
      state: 'failed',
      problem: 'The stream ended early and rows are missing. Start the export again.',
    };
  } catch (error) {
    return signal.aborted
      ? { ...current, state: 'cancelled' }
      : { ...current, state: 'failed', problem: errorMessage(error) };
  }
}

function addRows(state: ExportState, rows: readonly Row[]): ExportState {
  const { preview, progress } = state;
  return {
    ...state,
    preview: preview.length < PREVIEW_ROWS ? [...preview, ...rows].slice(0, PREVIEW_ROWS) : preview,
    progress: { ...progress, rows: progress.rows + rows.length },
  };
}
