import { useCallback, useRef, useState } from 'react';
import type { RunRequest, RunResponse } from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';

/** Outcome of the last run. */
export type RunOutcome =
  | { state: 'none' }
  | { state: 'answered'; request: RunRequest; response: RunResponse }
  | { state: 'failed'; message: string }
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

  const run = useCallback(async (request: RunRequest) => {
    activeController.current?.abort();
    const controller = new AbortController();
    activeController.current = controller;
    setState(({ outcome }) => ({ outcome, runningSince: Date.now() }));
    try {
      const response = await api.run(request, controller.signal);
      if (controller.signal.aborted) return;
      setState({ outcome: { state: 'answered', request: request, response: response } });
      onAnswerRef.current(request, response);
    } catch (error) {
      if (!controller.signal.aborted)
        setState({ outcome: { state: 'failed', message: errorMessage(error) } });
    }
  }, []);

  const cancel = useCallback(() => {
    activeController.current?.abort();
    setState({ outcome: { state: 'cancelled' } });
  }, []);

  const clear = useCallback(() => {
    activeController.current?.abort();
    setState({ outcome: { state: 'none' } });
  }, []);

  return { ...state, run, cancel, clear };
}
