import type { Priority } from '../rate-limit/types.js';
import type { FormattedAnswer } from '../result/answer-formatter.js';
import { asPluginError } from '../result/query-result.js';
import {
  type Caps,
  collect,
  streamChunks,
  summarizeBatches,
  type Transfer,
  type TransferClient,
  type TransferOptions,
  type TransferProgress,
} from '../transfer/index.js';
import type { PreparedQuery } from './prepared-query.js';
import type { Transport } from './transport.js';

/** Where a delivery that has no deadline tells how far it is, and from where it goes on. */
export interface StreamOptions {
  onProgress?: (progress: TransferProgress) => void;
  resumeToken?: string;
}

interface RequestOptions {
  signal?: AbortSignal;
  priority: Priority;
  deadline?: number;
  /** The time limit ends with the first byte: a body may take as long as its reader does. */
  idleTimeout?: boolean;
}

/** Carries what comes or goes in pieces through the gateway. */
export function createTransferRunner(
  transport: Transport,
  caps: Caps | undefined,
  options: TransferOptions = {},
) {
  /** The way to Mixpanel for one caller. */
  function clientFor({ datasource }: Pick<PreparedQuery, 'datasource'>, requestOptions: RequestOptions) {
    const context = { ...requestOptions, region: datasource.region, credentials: datasource };
    let maxWaitedMs = 0;
    const recordWait = <T extends { waitedMs: number }>(answer: T): T => {
      maxWaitedMs = Math.max(maxWaitedMs, answer.waitedMs);
      return answer;
    };
    const client: TransferClient = {
      open: async (request) => recordWait(await transport.open(request, context)),
      send: async (request, { uncounted } = {}) => {
        // Further pages are background work even where somebody waits for the first.
        const priority = uncounted ? 'background' : context.priority;
        return recordWait(await transport.send(request, { ...context, priority, uncounted }));
      },
    };
    return { client, waitedMs: () => maxWaitedMs };
  }

  return {
    /** All of a delivery in one result, up to the caps. */
    async runToResult(
      prepared: PreparedQuery,
      signal: AbortSignal | undefined,
      priority: Priority,
    ): Promise<FormattedAnswer> {
      const { command, input, deadline } = prepared;
      const { client, waitedMs } = clientFor(prepared, { signal, priority, deadline });
      const transfer = { ...prepared, signal, client, options };
      const { body, headers, messages } =
        command.transfer?.kind === 'batches'
          ? await summarizeBatches(command.transfer, transfer)
          : await collect(streamChunks(transfer), input, caps);
      return { body, headers: { ...headers, 'x-waited-ms': waitedMs() }, messages };
    },

    /** A stream or a sending: no deadline, and everything it began ended with it. */
    async *run<T>(
      prepare: () => PreparedQuery,
      { onProgress, resumeToken }: StreamOptions,
      start: (transfer: Transfer) => AsyncGenerator<T>,
    ): AsyncGenerator<T> {
      const closed = new AbortController();
      try {
        const { deadline: _, ...prepared } = prepare();
        const signal = prepared.signal ? AbortSignal.any([prepared.signal, closed.signal]) : closed.signal;
        const { client } = clientFor(prepared, {
          signal,
          priority: 'background',
          deadline: Number.POSITIVE_INFINITY,
          idleTimeout: true,
        });
        yield* start({ ...prepared, signal, client, options, onProgress, resumeToken, resumable: true });
      } catch (thrown) {
        throw asPluginError(thrown);
      } finally {
        closed.abort();
      }
    },
  };
}
