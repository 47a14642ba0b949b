import { createCacheKey } from '../cache/key.js';
import type { ResultCache } from '../cache/types.js';
import { type Command, effectOf } from '../command/definition.js';
import { PluginError } from '../errors.js';
import type { Priority } from '../rate-limit/types.js';
import { type FormattedAnswer, formatAnswer } from '../result/answer-formatter.js';
import { asPluginError, type ExecutionResult, failureResult, successResult } from '../result/query-result.js';
import { SECOND_MS } from '../time/durations.js';
import {
  type BatchResult,
  type BatchTransfer,
  type Caps,
  type Chunk,
  RowStream,
  sendBatches,
  streamChunks,
  type TransferOptions,
} from '../transfer/index.js';
import type { ConnectionTester } from './connection-test.js';
import {
  type InputReader,
  type PreparedQuery,
  prepareQuery,
  type QueryRequest,
  type SendRequest,
  type StreamRequest,
} from './prepared-query.js';
import { createRateLimitView } from './quota-status.js';
import { createTransferRunner } from './transfer-runner.js';
import type { Transport } from './transport.js';

export interface ExecutorDependencies {
  commands: readonly Command[];
  transport: Transport;
  cache: ResultCache;
  connectionTester: ConnectionTester;
  timeoutMs: number;
  /** How much one result may hold of a long delivery. */
  caps?: Caps;
  transferOptions?: TransferOptions;
}

/** One way through for every query: validate, cache, quota, request, rows. */
export function createExecutor({
  commands,
  transport,
  cache,
  connectionTester,
  timeoutMs,
  caps,
  transferOptions,
}: ExecutorDependencies) {
  const transfers = createTransferRunner(transport, caps, transferOptions);
  const rateLimit = createRateLimitView(transport);
  const prepare = (request: QueryRequest, reader?: InputReader) =>
    prepareQuery(commands, request, timeoutMs, reader);

  /** Asks Mixpanel and shapes the answer. */
  async function requestResult(
    prepared: PreparedQuery,
    signal: AbortSignal | undefined,
    priority: Priority,
  ): Promise<FormattedAnswer> {
    const { command, input, datasource, context, deadline } = prepared;
    // A list is one answer to whoever wants it in one result.
    if (command.transfer && command.transfer.kind !== 'list')
      return transfers.runToResult(prepared, signal, priority);
    const answer = await transport.send(command.request(input, context), {
      region: datasource.region,
      credentials: datasource,
      deadline,
      signal,
      priority,
    });
    const formatted = await formatAnswer(command, input, answer, context);
    return { ...formatted, headers: { ...formatted.headers, 'x-waited-ms': answer.waitedMs } };
  }

  async function loadResult(prepared: PreparedQuery): Promise<FormattedAnswer> {
    const { command, input, datasource, deadline, signal } = prepared;
    if (effectOf(command, input) === 'write') {
      return requestResult(prepared, signal, 'interactive');
    }
    const { username, password, region } = datasource;
    const freshMs = freshSecondsOf(prepared) * SECOND_MS;
    // What goes through needs no key, which is the costliest part of looking.
    const key =
      freshMs > 0
        ? createCacheKey({
            username,
            password,
            region,
            command: command.id,
            input: { ...input, cacheSeconds: undefined },
          })
        : '';
    const mayRefresh = () => rateLimit.hasHeadroom(prepared);
    const cached = await cache.getOrLoad(
      key,
      { freshMs, deadline, signal, shouldRefresh: mayRefresh },
      (loadSignal, priority) => requestResult(prepared, loadSignal, priority),
    );
    return {
      body: cached.value.body,
      headers: {
        ...cached.value.headers,
        // A kept result waited for nothing now.
        ...(cached.state === 'HIT' || cached.state === 'STALE' ? { 'x-waited-ms': 0 } : {}),
        'x-cache': cached.state,
        'x-cache-age': Math.round(cached.ageMs / SECOND_MS),
      },
      messages: [...(cached.value.messages ?? []), ...(cached.staleReason ? [cached.staleReason] : [])],
    };
  }

  return {
    /** Runs one query. Never throws for an expected failure: it is in the result. */
    async execute(request: QueryRequest): Promise<ExecutionResult> {
      let prepared: PreparedQuery | undefined;
      try {
        prepared = prepare(request);
        const { body, headers, messages = [] } = await loadResult(prepared);
        return successResult(body, { ...headers, ...(await rateLimit.headers(prepared)) }, [
          ...doubtsOf(prepared),
          ...messages,
        ]);
      } catch (thrown) {
        const error = asPluginError(thrown);
        if (!prepared) return failureResult(error);
        // What failed is told, whatever becomes of what could be said beside it.
        const headers = await rateLimit.headers(prepared).catch(() => ({}));
        const diagnosed = withDoubts(
          await connectionTester.diagnose(error, prepared.datasource, prepared),
          doubtsOf(prepared),
        );
        return failureResult(
          await rateLimit.withRetryAt(diagnosed, prepared).catch(() => diagnosed),
          headers,
        );
      }
    },
    /** Rows of any number, one way or another; an error ends it as an exception. */
    stream: (request: StreamRequest): RowStream =>
      new RowStream(
        withMessages(
          transfers.run<Chunk>(
            () => {
              const prepared = prepare(request);
              for (const doubt of doubtsOf(prepared)) request.onMessage?.(doubt);
              return prepared;
            },
            request,
            streamChunks,
          ),
          request.onMessage,
        ),
      ),
    /** Sends items as they come, and tells how they were taken. */
    send: (request: SendRequest): AsyncGenerator<BatchResult> =>
      transfers.run(
        () => prepare(request, () => ({})),
        request,
        (transfer) => {
          const { transfer: spec } = transfer.command;
          if (spec?.kind !== 'batches') throw notABatchCommand(transfer.command);
          const { items, idSeed, firstIndex } = request;
          return sendBatches(spec, { ...transfer, items, idSeed, firstIndex } satisfies BatchTransfer);
        },
      ),
    /** The answer of a read command, checked, as its `offers` take it. */
    async fetchRaw(request: QueryRequest): Promise<{ body: unknown }> {
      const prepared = prepare({ ...request, parameters: { ...request.parameters, response: 'raw' } });
      const { body } = await loadResult(prepared);
      return { body };
    },
  };
}

function doubtsOf({ command, input }: PreparedQuery): string[] {
  return [...(command.doubts?.(input) ?? [])];
}

/** What was doubtful about the input may be why Mixpanel refused it. */
function withDoubts(error: PluginError, doubts: readonly string[]): PluginError {
  if (doubts.length === 0 || error.code !== 'BAD_REQUEST') return error;
  const { retryAt, issues, upstream, upstreamStatus, resumeToken } = error;
  const details = { retryAt, issues, upstream, upstreamStatus, resumeToken };
  return new PluginError(error.code, [error.message, ...doubts].join(' '), details);
}

/** Tells what a stream has to say, each sentence once. */
async function* withMessages(
  chunks: AsyncGenerator<Chunk>,
  onMessage: ((message: string) => void) | undefined,
): AsyncGenerator<Chunk> {
  const told = new Set<string>();
  for await (const chunk of chunks) {
    for (const message of chunk.messages ?? []) {
      if (!told.has(message)) onMessage?.(message);
      told.add(message);
    }
    if (chunk.items.length > 0) yield chunk;
  }
}

function freshSecondsOf({ command, input, context }: PreparedQuery): number {
  return typeof input.cacheSeconds === 'number'
    ? input.cacheSeconds
    : (command.freshSeconds?.(input, context) ?? 0);
}

function notABatchCommand({ label }: Command): PluginError {
  return new PluginError('INVALID_INPUT', `${label} sends no list. Choose a command that does.`);
}
