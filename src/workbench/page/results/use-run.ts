import { useCallback, useRef, useState } from 'react';
import type { RunRequest, RunResponse } from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';
import { type FreeRest, withRest } from '../result-model/missing-rows.js';

/** Outcome of the last run. `endedAt` is in epoch milliseconds. */
export type RunOutcome =
  | { state: 'none' }
  | { state: 'answered'; request: RunRequest; endedAt: number; response: RunResponse }
  | { state: 'failed'; request: RunRequest; endedAt: number; message: string }
  | { state: 'cancelled' };

export interface RunState {
  outcome: RunOutcome;
  /** When the current run started, in epoch milliseconds. */
  runningSince?: number;
}

/** Runs one query at a time. A new run aborts the previous one. */
export function useRun(
  initialOutcome: RunOutcome,
  onAnswer: (request: RunRequest, response: RunResponse) => void,
) {
  const [state, setState] = useState<RunState>({ outcome: initialOutcome });
  const activeController = useRef<AbortController>(undefined);
  const onAnswerRef = useRef(onAnswer);
  onAnswerRef.current = onAnswer;

  /** `shown` is the query whose result it is, if it is not the one that is sent. */
  const send = useCallback(
    async (
      request: RunRequest,
      shown: RunRequest = request,
      complete: (response: RunResponse) => RunResponse = (response) => response,
    ) => {
      activeController.current?.abort();
      const controller = new AbortController();
      activeController.current = controller;
      setState(({ outcome }) => ({ outcome, runningSince: Date.now() }));
      try {
        const response = complete(await api.run(request, controller.signal));
        if (controller.signal.aborted) return;
        setState({ outcome: { state: 'answered', request: shown, endedAt: Date.now(), response } });
        onAnswerRef.current(shown, response);
      } catch (error) {
        if (controller.signal.aborted) return;
        const message = errorMessage(error);
        setState({ outcome: { state: 'failed', request: shown, endedAt: Date.now(), message } });
      }
    },
    [],
  );

  const run = useCallback((request: RunRequest) => send(request), [send]);

  /** Fetches the rows that are missing and shows them together with those that are there. */
  const runRest = useCallback(
    (rest: FreeRest, before: RunResponse) =>
      send(rest.request, rest.shown, (response) => withRest(before, response)),
    [send],
  );

  const cancel = useCallback(() => {
    activeController.current?.abort();
    setState({ outcome: { state: 'cancelled' } });
  }, []);

  const clear = useCallback(() => {
    activeController.current?.abort();
    setState({ outcome: { state: 'none' } });
  }, []);

  return { ...state, run, runRest, cancel, clear };
}
