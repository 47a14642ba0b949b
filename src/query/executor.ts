import { createCacheKey } from '../cache/key.js';
import type { CacheState, ResultCache } from '../cache/types.js';
import { checkAnswer, formatAnswer } from '../command/answer-formatter.js';
import { type Command, effectOf } from '../command/definition.js';
import type { Fields } from '../command/field.js';
import type { BatchSpec } from '../command/transfer-spec.js';
import { asPluginError, PluginError } from '../errors.js';
import { isObject } from '../json/object.js';
import { type Me, type Project, projectsOf } from '../mixpanel/me.js';
import type { Priority } from '../rate-limit/types.js';
import {
  type FormattedAnswer,
  failureOf,
  type QueryResult,
  type QuerySuccess,
  type ResultMeta,
} from '../result/query-result.js';
import { HOUR_SECONDS, SECOND_MS } from '../time/durations.js';
import {
  type BatchResult,
  type BatchTransfer,
  type Caps,
  type Chunk,
  datesOfToken,
  RowStream,
  sendBatches,
  streamChunks,
  type TransferOptions,
} from '../transfer/index.js';
import type { ConnectionTester } from './connection-test.js';
import { type ReadInput, readInputInProjectZone } from './input-reader.js';
import {
  type PreparedQuery,
  prepareQuery,
  type QueryRequest,
  type SendRequest,
  type StreamRequest,
  type UnreadQuery,
} from './prepared-query.js';
import { findProjectZone } from './project-zone.js';
import { hasHeadroom, readQuotaMeta, withRetryAt } from './quota-meta.js';
import { createTransferRunner } from './transfer-runner.js';
import type { Transport } from './transport.js';
import { createUsage, type Usage } from './usage.js';

export interface ExecutorDependencies {
  commands: readonly Command[];
  /** Commands for `send` only. */
  uploads?: readonly Command[];
  /** Lists the projects of an account, whose time zones relative dates need. */
  projectLister: Command;
  transport: Transport;
  cache: ResultCache;
  connectionTester: ConnectionTester;
  timeoutMs: number;
  /** Maximum size of one result of a long transfer. */
  caps?: Caps;
  transferOptions?: TransferOptions;
}

interface LoadedAnswer extends FormattedAnswer {
  cache?: ResultMeta['cache'];
}

/** States in which the result comes from an earlier query, so this query did not wait for the rate limiter. */
const SERVED_FROM_CACHE: ReadonlySet<CacheState> = new Set(['HIT', 'STALE']);

/** The longest that a query with relative dates waits for its project's time zone, which it can do without. */
const MAX_ZONE_WAIT_MS = 20 * SECOND_MS;

/** Creates the executor. Every query is prepared, looked up in the cache, rate limited, requested and formatted. */
export function createExecutor({
  commands,
  uploads = [],
  projectLister,
  transport,
  cache,
  connectionTester,
  timeoutMs,
  caps,
  transferOptions,
}: ExecutorDependencies) {
  const transfers = createTransferRunner(transport, caps, transferOptions);

  const prepare = (available: readonly Command[], request: QueryRequest, resumeToken?: string) =>
    prepareQuery(available, request, timeoutMs, (query, parameters) =>
      readInputInProjectZone(query.command, parameters, query.context, {
        zoneOf: (projectId) => findProjectZone(projectId, () => listProjects(query), query.signal),
        known: datesOfToken(resumeToken),
      }),
    );

  /** Lists the projects of the account through the cache of the look-ups. Uses no query quota. */
  async function listProjects({ datasource, deadline, signal }: UnreadQuery): Promise<Project[]> {
    const timeLeftMs = Math.min(MAX_ZONE_WAIT_MS, (deadline - Date.now()) / 2);
    const { body } = await fetchRaw(projectLister, {
      datasource,
      parameters: { cacheSeconds: HOUR_SECONDS },
      timeoutMs: timeLeftMs,
      signal,
    });
    return projectsOf(body as Me);
  }

  /** Returns the validated answer of a read command, which need not be one of the fourteen, and its cost. */
  async function fetchRaw(
    command: Command,
    request: Omit<QueryRequest, 'command'>,
  ): Promise<{ body: unknown; cost: number }> {
    const parameters = { ...request.parameters, response: 'raw' };
    const prepared = await prepare([command], { ...request, command: command.id, parameters });
    const { body, meta } = await runPrepared(prepared, createUsage());
    return { body: checkAnswer(prepared.command, body), cost: meta.cost };
  }

  /** Sends the request and formats the answer. */
  async function requestAnswer(
    prepared: PreparedQuery,
    usage: Usage,
    signal: AbortSignal | undefined,
    priority: Priority,
  ): Promise<FormattedAnswer> {
    const { command, input, datasource, context, request, deadline } = prepared;
    // A list fits in one answer; only streams parse it incrementally.
    if (command.transfer && command.transfer.kind !== 'list')
      return transfers.runToResult(prepared, usage, signal, priority);
    const answer = await transport.send(request, {
      region: datasource.region,
      credentials: datasource,
      deadline,
      signal,
      priority,
      usage,
    });
    return formatAnswer(command, input, answer, context);
  }

  async function loadAnswer(prepared: PreparedQuery, usage: Usage): Promise<LoadedAnswer> {
    const { command, input, datasource, deadline, signal } = prepared;
    if (effectOf(command, input) === 'write') return requestAnswer(prepared, usage, signal, 'interactive');
    const { username, password, region } = datasource;
    const freshMs = freshSecondsOf(prepared) * SECOND_MS;
    // Bypassed queries skip the cache key; hashing is the expensive part.
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
    const shouldRefresh = () => hasHeadroom(transport, prepared);
    const { value, state, ageMs, staleReason } = await cache.getOrLoad(
      key,
      { freshMs, deadline, signal, shouldRefresh, isValue: isFormattedAnswer },
      // The cost of a background refresh is not this query's.
      (loadSignal, reason) =>
        reason === 'refresh'
          ? requestAnswer(prepared, createUsage(), loadSignal, 'background')
          : requestAnswer(prepared, usage, loadSignal, 'interactive'),
    );
    return {
      body: value.body,
      meta: value.meta,
      cache: { state, ageMs, ...(freshMs > 0 ? { freshMs: Math.max(0, freshMs - ageMs) } : {}) },
      messages: [...(value.messages ?? []), ...(staleReason ? [staleReason] : [])],
    };
  }

  /** Returns the result of a prepared query with its cost. Throws when the query fails. */
  async function runPrepared(prepared: PreparedQuery, usage: Usage): Promise<QuerySuccess> {
    const { body, meta, cache: cached, messages = [] } = await loadAnswer(prepared, usage);
    const quota = await readQuotaMeta(transport, prepared);
    return {
      ok: true,
      body,
      meta: {
        ...meta,
        cost: quota ? usage.cost : 0,
        ...(cached ? { cache: cached } : {}),
        waitedMs: cached && SERVED_FROM_CACHE.has(cached.state) ? 0 : usage.waitedMs,
        ...(quota ? { quota } : {}),
        ...(prepared.dates ? { dates: prepared.dates } : {}),
      },
      messages: [...doubtsOf(prepared), ...messages],
    };
  }

  async function describeFailure(
    thrown: unknown,
    prepared: PreparedQuery,
    usage: Usage,
  ): Promise<QueryResult> {
    const error = asPluginError(thrown);
    // The original error is reported even if the limit cannot be read.
    const quota = await readQuotaMeta(transport, prepared).catch(() => undefined);
    const diagnosed = withDoubts(
      await connectionTester.diagnose(error, prepared.datasource, prepared),
      doubtsOf(prepared),
    );
    return {
      ok: false,
      error: await withRetryAt(transport, diagnosed, prepared).catch(() => diagnosed),
      meta: {
        ...(quota ? { cost: usage.cost, quota } : { cost: 0 }),
        ...(prepared.dates ? { dates: prepared.dates } : {}),
      },
      messages: [],
    };
  }

  return {
    /** Runs one query. Expected failures are returned, not thrown. */
    async execute(request: QueryRequest): Promise<QueryResult> {
      const usage = createUsage();
      let prepared: PreparedQuery | undefined;
      try {
        prepared = await prepare(commands, request);
        return await runPrepared(prepared, usage);
      } catch (thrown) {
        if (prepared) return describeFailure(thrown, prepared, usage);
        return failureOf(asPluginError(thrown));
      }
    },

    /** Streams any number of rows. Throws `PluginError` when it fails. */
    stream: (request: StreamRequest): RowStream =>
      new RowStream((form) =>
        withMessages(
          transfers.run<Chunk>(
            async () => {
              const prepared = await prepare(commands, request, request.resumeToken);
              for (const doubt of doubtsOf(prepared)) request.onMessage?.(doubt);
              return prepared;
            },
            request,
            (transfer) => streamChunks({ ...transfer, form }),
          ),
          request.onMessage,
        ),
      ),

    /** Sends items in batches as they arrive, and yields the result of each batch. */
    send: (request: SendRequest): AsyncGenerator<BatchResult> =>
      transfers.run(
        () => prepareQuery([...commands, ...uploads], request, timeoutMs, readNothing),
        request,
        (transfer) => {
          const spec = transfer.command.transfer as BatchSpec<Fields, unknown>;
          const { items, skip, arePrepared } = request;
          return sendBatches(spec, { ...transfer, items, skip, arePrepared } satisfies BatchTransfer);
        },
      ),

    fetchRaw,
  };
}

function doubtsOf({ command, input, assumptions }: PreparedQuery): string[] {
  return [...assumptions, ...(command.doubts?.(input) ?? [])];
}

/** Appends the doubts about the input to an error, because they may explain it. */
function withDoubts(error: PluginError, doubts: readonly string[]): PluginError {
  if (doubts.length === 0 || error.code !== 'BAD_REQUEST') return error;
  const { retryAt, issues, upstream, upstreamStatus, resumeToken } = error;
  const details = { retryAt, issues, upstream, upstreamStatus, resumeToken };
  return new PluginError(error.code, [error.message, ...doubts].join(' '), details);
}

/** Reports the messages of a stream, each once. */
async function* withMessages(
  chunks: AsyncGenerator<Chunk>,
  onMessage: ((message: string) => void) | undefined,
): AsyncGenerator<Chunk> {
  const reported = new Set<string>();
  for await (const chunk of chunks) {
    for (const message of chunk.messages ?? []) {
      if (!reported.has(message)) onMessage?.(message);
      reported.add(message);
    }
    if (chunk.items.length > 0 || chunk.lines) yield chunk;
  }
}

function freshSecondsOf({ command, input, context }: PreparedQuery): number {
  return typeof input.cacheSeconds === 'number'
    ? input.cacheSeconds
    : (command.freshSeconds?.(input, context) ?? 0);
}

/** Reads no input: the items to send come as an argument, not from a form. */
function readNothing({ command }: UnreadQuery): ReadInput {
  if (command.transfer?.kind !== 'batches') throw notABatchCommand(command);
  return { input: {}, assumptions: [] };
}

function notABatchCommand({ label }: Command): PluginError {
  return new PluginError('INVALID_INPUT', `${label} does not send a list. Choose a command that does.`);
}

/** Returns whether a value from the shared cache is an answer of ours. */
function isFormattedAnswer(value: unknown): value is FormattedAnswer {
  return (
    isObject(value) &&
    'body' in value &&
    isObject(value.meta) &&
    (value.messages === undefined || Array.isArray(value.messages))
  );
}
