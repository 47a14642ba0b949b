import { useCallback, useEffect, useRef, useState } from 'react';
import { SECOND_MS } from '../../../time/durations.js';
import type {
  ConnectionView,
  FileCheck,
  FileLine,
  FileOptions,
  FileProgress,
  FileSummary,
} from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';
import { saveBlob } from '../browser/file-download.js';
import { readJsonLines } from '../browser/json-lines.js';
import { noteSent, recallFile } from './sent-files.js';

export interface UploadState {
  phase: 'receiving' | 'checking' | 'ready' | 'sending' | 'ended';
  name: string;
  bytes: number;
  /** Bytes that have reached the server. */
  receivedBytes: number;
  /** Id on the server, and what the browser knows of the file; present from `checking` on. */
  file?: { id: string; hash: string; time: number; sentAt?: string };
  options: FileOptions;
  /** What the file holds, by the options of that check. */
  check?: FileCheck;
  problem?: { title: string; message: string; issues?: Record<string, string> };
  progress?: FileProgress;
  /** What became of the file; present when it has ended, though not if nothing was sent. */
  summary?: FileSummary;
  outcome?: 'sent' | 'stopped';
}

/** Small enough for the limits of one request, in size and in time. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** Options are often typed, and each check reads the whole file. */
const CHECK_DELAY_MS = 300;

/** Takes a file to the server, checks it whenever its options change, and sends it when asked to. */
export function useUpload(connection: ConnectionView | undefined, onStart: () => void) {
  const [state, setState] = useState<UploadState>();
  const active = useRef<AbortController>(undefined);
  const connectionId = connection?.id ?? '';

  /** Starts something in place of what is under way. Its updates are dropped when something else takes its place. */
  const begin = useCallback(() => {
    active.current?.abort();
    const controller = new AbortController();
    active.current = controller;
    const update = (change: Partial<UploadState>) => {
      if (active.current === controller) setState((previous) => previous && { ...previous, ...change });
    };
    return { signal: controller.signal, update };
  }, []);

  const close = useCallback(() => {
    active.current?.abort();
    active.current = undefined;
    setState((previous) => {
      if (previous?.file) api.dropFile(previous.file.id).catch(() => undefined);
      return undefined;
    });
  }, []);

  const choose = useCallback(
    async (chosen: File) => {
      close();
      onStart();
      const { signal, update } = begin();
      const options: FileOptions = {
        token: connection?.projectToken ?? '',
        projectId: connection?.projectId ?? '',
      };
      setState({ phase: 'receiving', name: chosen.name, bytes: chosen.size, receivedBytes: 0, options });
      try {
        const { id } = await api.createFile({ name: chosen.name, bytes: chosen.size });
        let hash = '';
        for (let at = 0; at === 0 || at < chosen.size; at += PIECE_BYTES) {
          const received = await api.sendPiece(id, at, chosen.slice(at, at + PIECE_BYTES), signal);
          hash = received.hash ?? '';
          update({ receivedBytes: received.receivedBytes });
        }
        const { time, sentAt } = recallFile(hash, Math.floor(Date.now() / SECOND_MS));
        update({ phase: 'checking', file: { id, hash, time, sentAt } });
      } catch (error) {
        update({
          phase: 'ended',
          outcome: 'stopped',
          problem: { title: 'The file was not read', message: errorMessage(error) },
        });
      }
    },
    [connection, begin, close, onStart],
  );

  const { file, options, phase } = state ?? {};
  const id = file?.id;
  const time = file?.time ?? 0;
  const isOpen = id !== undefined && phase !== 'sending' && phase !== 'ended';

  useEffect(() => {
    if (!isOpen || !options) return;
    const { signal, update } = begin();
    const timer = setTimeout(async () => {
      update({ phase: 'checking', progress: undefined });
      try {
        const response = await api.checkFile(id, { connectionId, options, time }, signal);
        for await (const line of readJsonLines<FileLine>(response)) {
          if (line.kind === 'progress') update({ progress: line.progress });
          if (line.kind === 'checked') update({ phase: 'ready', check: line.check, problem: undefined });
          if (line.kind === 'failure') update({ phase: 'ready', check: undefined, problem: line });
        }
      } catch (error) {
        const problem = { title: 'The file was not checked', message: errorMessage(error) };
        update({ phase: 'ready', check: undefined, problem });
      }
    }, CHECK_DELAY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isOpen, id, time, options, connectionId, begin]);

  const send = useCallback(async () => {
    if (!file || !options) return;
    const { signal, update } = begin();
    update({ phase: 'sending', progress: undefined, problem: undefined, summary: undefined });
    try {
      const response = await api.sendFile(file.id, { connectionId, options, time: file.time }, signal);
      for await (const line of readJsonLines<FileLine>(response)) {
        if (line.kind === 'progress') update({ progress: line.progress });
        if (line.kind === 'sent') {
          noteSent(file.hash, new Date().toISOString());
          update({ phase: 'ended', outcome: 'sent', summary: line.summary });
        }
        if (line.kind === 'failure') {
          update({ phase: 'ended', outcome: 'stopped', summary: line.summary, problem: line });
        }
      }
    } catch (error) {
      const problem = { title: 'The file was not sent whole', message: errorMessage(error) };
      update({ phase: 'ended', outcome: 'stopped', problem });
    }
  }, [file, options, connectionId, begin]);

  return {
    upload: state,
    choose,
    close,
    send,
    /** Ends the sending. The server then says what was sent. */
    cancel: useCallback(() => {
      if (id) api.cancelFile(id).catch(() => undefined);
    }, [id]),
    setOptions: useCallback((changed: FileOptions) => {
      setState((previous) => previous && { ...previous, options: changed });
    }, []),
    /** Back to the options, with the same file. */
    reopen: useCallback(() => {
      setState(
        (previous) =>
          previous && {
            ...previous,
            phase: 'checking',
            outcome: undefined,
            summary: undefined,
            problem: undefined,
          },
      );
    }, []),
    saveRejected: useCallback(async () => {
      if (!id) return;
      const response = await api.rejectedRecords(id);
      const name = decodeURIComponent(response.headers.get('x-file-name') ?? 'rejected');
      saveBlob(await response.blob(), name);
    }, [id]),
  };
}
