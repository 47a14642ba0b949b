import { asPluginError } from '../../../errors.js';
import type { FileLine } from '../../wire.js';

/** Streams the lines that `work` emits as JSON, one each. Aborts the work when the page disconnects. */
export function streamLines(
  work: (emit: (line: FileLine) => void, signal: AbortSignal) => Promise<void>,
  clientSignal: AbortSignal,
): ReadableStream<Uint8Array> {
  const abortController = new AbortController();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      const emit = (line: FileLine) => {
        if (!abortController.signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      };
      const signal = AbortSignal.any([clientSignal, abortController.signal]);
      await work(emit, signal).catch((thrown) => {
        const { title, message } = asPluginError(thrown);
        emit({ kind: 'failure', title, message });
      });
      if (!abortController.signal.aborted) controller.close();
    },
    cancel: () => abortController.abort(),
  });
}
