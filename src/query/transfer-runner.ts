import { asPluginError } from '../errors.js';
import type { Priority } from '../rate-limit/types.js';
import type { FormattedAnswer } from '../result/query-result.js';
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
import type { Transport, TransportContext } from './transport.js';
import type { Usage } from './usage.js';

/** Progress callback and resume token of a stream. */
export interface StreamOptions {
  onProgress?: (progress: TransferProgress) => void;
  resumeToken?: string;
}

type RequestOptions = Pick<TransportContext, 'signal' | 'priority' | 'deadline' | 'idleTimeout' | 'usage'>;

/** Runs streaming exports, paginated reads and batch uploads. */
export function createTransferRunner(
  transport: Transport,
  caps: Caps | undefined,
  options: TransferOptions = {},
) {
  /** Returns the client for one caller. */
  function clientFor(
    { datasource }: Pick<PreparedQuery, 'datasource'>,
    requestOptions: RequestOptions,
  ): TransferClient {
    const context = { ...requestOptions, region: datasource.region, credentials: datasource };
    return {
      open: (request) => transport.open(request, context),
      send: (request, { uncounted } = {}) => {
        // Follow-up pages are background work, even if a user waits for the first page.
        const priority = uncounted ? 'background' : context.priority;
        return transport.send(request, { ...context, priority, uncounted });
      },
    };
  }

  return {
    /** Reads a whole transfer into one result, up to the caps. */
    runToResult(
      prepared: PreparedQuery,
      usage: Usage,
      signal: AbortSignal | undefined,
      priority: Priority,
    ): Promise<FormattedAnswer> {
      const { command, input, deadline } = prepared;
      const client = clientFor(prepared, { signal, priority, deadline, usage });
      const transfer = { ...prepared, signal, client, options };
      return command.transfer?.kind === 'batches'
        ? summarizeBatches(command.transfer, transfer)
        : collect(streamChunks(transfer), input, caps);
    },

    /** Runs a stream or an upload, without a deadline. Aborts pending requests when it ends. */
    async *run<T>(
      prepare: () => Promise<PreparedQuery>,
      { onProgress, resumeToken }: StreamOptions,
      start: (transfer: Transfer) => AsyncGenerator<T>,
    ): AsyncGenerator<T> {
      const closed = new AbortController();
      try {
        const { deadline: _, ...prepared } = await prepare();
        const signal = prepared.signal ? AbortSignal.any([prepared.signal, closed.signal]) : closed.signal;
        const client = clientFor(prepared, {
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
