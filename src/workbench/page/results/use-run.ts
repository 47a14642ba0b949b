import { useCallback, useRef, useState } from 'react';
import type { QueryCall, RunAnswer } from '../../wire.js';
import { api, sentenceOf } from '../browser/api-client.js';

/** How the last run ended. */
export type Outcome =
  | { state: 'none' }
  | { state: 'answered'; call: QueryCall; answer: RunAnswer }
  | { state: 'failed'; message: string }
  | { state: 'cancelled' };

export interface RunState {
  outcome: Outcome;
  /** Epoch milliseconds at which the run under way began. */
  runningSince?: number;
}

/** Runs one query at a time; a new run takes the place of the one before. */
export function useRun(first: Outcome, onAnswer: (call: QueryCall, answer: RunAnswer) => void) {
  const [state, setState] = useState<RunState>({ outcome: first });
  const current = useRef<AbortController>(undefined);
  const answered = useRef(onAnswer);
  answered.current = onAnswer;

  const run = useCallback(async (call: QueryCall) => {
    current.current?.abort();
    const abort = new AbortController();
    current.current = abort;
    setState(({ outcome }) => ({ outcome, runningSince: Date.now() }));
    try {
      const answer = await api.run(call, abort.signal);
      if (abort.signal.aborted) return;
      setState({ outcome: { state: 'answered', call, answer } });
      answered.current(call, answer);
    } catch (error) {
      if (!abort.signal.aborted) setState({ outcome: { state: 'failed', message: sentenceOf(error) } });
    }
  }, []);

  const cancel = useCallback(() => {
    current.current?.abort();
    setState({ outcome: { state: 'cancelled' } });
  }, []);

  const clear = useCallback(() => {
    current.current?.abort();
    setState({ outcome: { state: 'none' } });
  }, []);

  return { ...state, run, cancel, clear };
}
