import { useCallback, useEffect, useRef, useState } from 'react';
import type { Row } from '../../../result/rows.js';
import type { FileStreamRequest, RunRequest, StreamLine, StreamProgress } from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';
import { toFileName } from '../browser/file-download.js';
import { readJsonLines } from '../browser/json-lines.js';
import { openRowFile, type RowFile, type RowFormat } from './row-file.js';

export interface ExportState {
  state: 'streaming' | 'stopping' | 'done' | 'failed' | 'cancelled';
  /** Milliseconds that were spent on it, pauses before a continuation excluded. */
  elapsedMs: number;
  /** When the stream that runs began, in epoch milliseconds. */
  runningSince?: number;
  progress: StreamProgress;
  /** The first rows. */
  preview: Row[];
  /** Notices about the rows. */
  messages: string[];
  /** Why the export failed; a sentence. */
  problem?: string;
  /** Continues after the rows received so far. */
  resumeToken?: string;
  /** Name of the file; it exists once `saved` is set. */
  fileName: string;
  /** Whether the file exists, with the rows received so far. */
  saved: boolean;
}

const PREVIEW_ROWS = 1000;
const RENDER_INTERVAL_MS = 150;
const EMPTY_PROGRESS: StreamProgress = { rows: 0, bytes: 0, slicesDone: 0, slicesTotal: 0 };

interface ExportEvents {
  /** Called when a file was chosen and the export starts. */
  onStart(): void;
  onEnd(): void;
}

/** Returns whether closing an export would lose rows. */
export function hasUnsavedRows({ state, saved, progress }: ExportState): boolean {
  return state === 'streaming' || state === 'stopping' || (!saved && progress.rows > 0);
}

/** Exports a query to a file, with progress. It can be stopped, continued, saved as far as it came, and discarded. */
export function useExport({ onStart, onEnd }: ExportEvents) {
  const [state, setState] = useState<ExportState>();
  const job = useRef<{ request: RunRequest; file: RowFile; streamId: string; controller: AbortController }>(
    undefined,
  );

  const receive = useCallback(
    async (previous: ExportState) => {
      if (!job.current) return;
      const { request, file, streamId, controller } = job.current;
      const started: ExportState = {
        ...previous,
        state: 'streaming',
        runningSince: Date.now(),
        problem: undefined,
        resumeToken: undefined,
      };
      setState(started);
      const ended = await writeStream(
        { ...request, resumeToken: previous.resumeToken, streamId },
        file,
        controller.signal,
        started,
        (current) =>
          setState((shown) => ({
            ...current,
            state: shown?.state === 'stopping' ? 'stopping' : current.state,
          })),
      );
      onEnd();
      if (controller.signal.aborted) return;
      const complete = ended.state === 'done' ? await saveFile(ended, file) : ended;
      setState({
        ...complete,
        runningSince: undefined,
        elapsedMs: previous.elapsedMs + Date.now() - (started.runningSince ?? 0),
      });
    },
    [onEnd],
  );

  const start = useCallback(
    async (request: RunRequest, format: RowFormat) => {
      const file = await openRowFile(toFileName(request.command), format);
      if (!file) return;
      onStart();
      job.current = { request, file, streamId: newStreamId(), controller: new AbortController() };
      await receive({
        state: 'streaming',
        elapsedMs: 0,
        progress: EMPTY_PROGRESS,
        preview: [],
        messages: [],
        fileName: file.name,
        saved: false,
      });
    },
    [receive, onStart],
  );

  const stop = useCallback(async () => {
    if (!job.current) return;
    const { streamId } = job.current;
    setState((previous) => previous && { ...previous, state: 'stopping' });
    // Not by leaving: the server's last line has the token that continues the export.
    await api.stopStream(streamId).catch(() => job.current?.controller.abort());
  }, []);

  const close = useCallback(() => {
    if (!job.current) return;
    job.current.controller.abort();
    void job.current.file.discard().catch(() => undefined);
    job.current = undefined;
    setState(undefined);
  }, []);

  const unsaved = state !== undefined && hasUnsavedRows(state);
  useEffect(() => {
    if (!unsaved) return;
    const askBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', askBeforeLeaving);
    return () => window.removeEventListener('beforeunload', askBeforeLeaving);
  }, [unsaved]);

  return {
    export: state,
    start,
    stop,
    /** Continues a stopped or broken export in the same file. */
    resume: () => {
      if (!job.current || !state) return;
      job.current = { ...job.current, streamId: newStreamId() };
      void receive(state);
    },
    /** Saves the rows received so far. The export cannot be continued afterwards. */
    saveSoFar: async () => {
      if (!job.current || !state) return;
      setState({ ...(await saveFile(state, job.current.file)), resumeToken: undefined });
    },
    /** Closes an export, and discards rows that are not saved. */
    close,
  };
}

async function saveFile(state: ExportState, file: RowFile): Promise<ExportState> {
  try {
    await file.close();
    return { ...state, saved: true };
  } catch (error) {
    return { ...state, state: 'failed', problem: `${file.name} was not written. ${errorMessage(error)}` };
  }
}

/** Not `crypto.randomUUID`, which browsers do not have on plain HTTP. */
function newStreamId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
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
        case 'failure': {
          const { code, message, resumeToken } = line;
          return code === 'CANCELLED'
            ? { ...current, state: 'cancelled', resumeToken }
            : { ...current, state: 'failed', problem: message, resumeToken };
        }
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
