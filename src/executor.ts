import type { ResultCache } from './cache/cache.js';
import { cacheKey } from './cache/key.js';
import {
  type ExecuteCall,
  type InputReader,
  type PreparedCall,
  prepareCall,
  type SendCall,
  type StreamCall,
} from './call.js';
import { type Command, effectOf } from './command.js';
import type { Connection } from './connection.js';
import {
  type BatchesCall,
  type BatchOutcome,
  type Caps,
  collect,
  type DeliveryCall,
  type DeliveryOptions,
  type DeliveryPort,
  deliver,
  type Piece,
  RowStream,
  sendBatches,
  tabulateBatches,
} from './delivery/index.js';
import { PluginError } from './errors.js';
import { type Gateway, scopeOf } from './gateway.js';
import type { Priority } from './quota/gate.js';
import { asPluginError, type ExecutionResult, failed, type HeaderValues, succeeded } from './result.js';
import { type Shaped, shapeAnswer } from './shape.js';

export interface ExecutorParts {
  commands: readonly Command[];
  gateway: Gateway;
  cache: ResultCache;
  connection: Connection;
  timeoutMs: number;
  /** How much one result may hold of a long delivery. */
  caps?: Caps;
  delivery?: DeliveryOptions;
}

const SECOND_MS = 1000;
/** The part of the quota that must be left for work that nobody waits for. */
const PLENTIFUL = 0.5;

/** One way through for every query: validate, cache, quota, request, rows. */
export function createExecutor({
  commands,
  gateway,
  cache,
  connection,
  timeoutMs,
  caps,
  delivery,
}: ExecutorParts) {
  const prepare = (call: ExecuteCall, inputOf?: InputReader) =>
    prepareCall(commands, call, timeoutMs, inputOf);

  /** Asks Mixpanel and shapes the answer. */
  async function fetch(
    prepared: PreparedCall,
    signal: AbortSignal | undefined,
    priority: Priority,
  ): Promise<Shaped> {
    const { command, input, datasource, context, deadline } = prepared;
    // A list is one answer to whoever wants it in one result.
    if (command.delivery && command.delivery.kind !== 'list') return fetchLong(prepared, signal, priority);
    const answer = await gateway.send(command.request(input, context), {
      region: datasource.region,
      credentials: datasource,
      deadline,
      signal,
      priority,
    });
    const shaped = await shapeAnswer(command, input, answer);
    return { ...shaped, headers: { ...shaped.headers, 'x-waited-ms': answer.waitedMs } };
  }

  /** The same for what comes in pieces, up to the caps. */
  async function fetchLong(
    prepared: PreparedCall,
    signal: AbortSignal | undefined,
    priority: Priority,
  ): Promise<Shaped> {
    const { command, input, deadline } = prepared;
    const { port, waitedMs } = portFor(prepared, { signal, priority, deadline });
    const call = { ...prepared, signal, port, options: delivery ?? {} };
    const { body, headers, messages } =
      command.delivery?.kind === 'batches'
        ? await tabulateBatches(command.delivery, call)
        : await collect(deliver(call), input, caps);
    return { body, headers: { ...headers, 'x-waited-ms': waitedMs() }, messages };
  }

  /** The way to Mixpanel for one caller. */
  function portFor(
    { datasource }: PreparedCall,
    context: { signal?: AbortSignal; priority: Priority; deadline?: number; patient?: boolean },
  ): { port: DeliveryPort; waitedMs: () => number } {
    const own = { ...context, region: datasource.region, credentials: datasource };
    let waited = 0;
    const note = <T extends { waitedMs: number }>(answer: T): T => {
      waited = Math.max(waited, answer.waitedMs);
      return answer;
    };
    return {
      port: {
        open: async (request) => note(await gateway.open(request, own)),
        send: async (request, { uncounted } = {}) => {
          // Further pages are background work even where somebody waits for the first.
          const priority = uncounted ? 'background' : own.priority;
          return note(await gateway.send(request, { ...own, priority, uncounted }));
        },
      },
      waitedMs: () => waited,
    };
  }

  /** What a stream or a sending needs: no deadline, and everything it began ended with it. */
  async function* streaming<T>(
    call: StreamCall,
    begin: (call: DeliveryCall) => AsyncGenerator<T>,
    inputOf?: InputReader,
  ): AsyncGenerator<T> {
    const ended = new AbortController();
    const signal = call.signal ? AbortSignal.any([call.signal, ended.signal]) : ended.signal;
    try {
      const { onProgress, resumeToken } = call;
      const { deadline: _, ...prepared } = prepare(call, inputOf);
      const { port } = portFor(
        { ...prepared, deadline: Number.POSITIVE_INFINITY },
        { signal, priority: 'background', patient: true },
      );
      yield* begin({
        ...prepared,
        signal,
        port,
        options: delivery ?? {},
        onProgress,
        resumeToken,
        resumable: true,
      });
    } catch (thrown) {
      throw asPluginError(thrown);
    } finally {
      ended.abort();
    }
  }

  async function obtain(prepared: PreparedCall): Promise<Shaped> {
    const { command, input, datasource, deadline, signal } = prepared;
    if (effectOf(command, input) === 'write') {
      return fetch(prepared, signal, 'interactive');
    }
    const { username, password, region } = datasource;
    const freshMs = freshSeconds(prepared) * SECOND_MS;
    // What goes through needs no key, which is the costliest part of looking.
    const key =
      freshMs > 0
        ? cacheKey({
            username,
            password,
            region,
            command: command.id,
            input: { ...input, cacheSeconds: undefined },
          })
        : '';
    const mayRefresh = () => isPlentiful(prepared);
    const cached = await cache.through(key, { freshMs, deadline, signal, mayRefresh }, (own, priority) =>
      fetch(prepared, own, priority),
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

  /** Whether a query may be spent on a result that could still serve. */
  async function isPlentiful({ command, input, context }: PreparedCall): Promise<boolean> {
    const { limit, left } = await gateway.quota(scopeOf(command.request(input, context), context));
    return limit === null || left === null || left > limit * PLENTIFUL;
  }

  /** A refusal of Mixpanel's own does not say when to come back; the ledger, which has learnt from it, does. */
  async function withNextSlot(
    error: PluginError,
    { command, input, context }: PreparedCall,
  ): Promise<PluginError> {
    if (error.retryAt !== undefined || !error.code.startsWith('RATE_LIMITED')) return error;
    const { nextSlotAt } = await gateway.quota(scopeOf(command.request(input, context), context));
    return nextSlotAt > Date.now()
      ? new PluginError(error.code, error.message, { ...error, retryAt: nextSlotAt })
      : error;
  }

  async function quotaHeaders({ command, input, context }: PreparedCall): Promise<HeaderValues> {
    const request = command.request(input, context);
    const { limit, left, resetAt } = await gateway.quota(scopeOf(request, context));
    if (limit === null) return {};
    return {
      'x-quota-limit': limit,
      'x-quota-left': left ?? undefined,
      'x-quota-reset': new Date(resetAt).toISOString(),
    };
  }

  return {
    /** Runs one query. Never throws for an expected failure: it is in the result. */
    async execute(call: ExecuteCall): Promise<ExecutionResult> {
      let prepared: PreparedCall | undefined;
      try {
        prepared = prepare(call);
        const { body, headers, messages } = await obtain(prepared);
        return succeeded(body, { ...headers, ...(await quotaHeaders(prepared)) }, messages);
      } catch (thrown) {
        const error = asPluginError(thrown);
        if (!prepared) return failed(error);
        const quota = await quotaHeaders(prepared).catch(() => ({}));
        const explained = await connection.explain(error, prepared.datasource, prepared);
        return failed(await withNextSlot(explained, prepared), quota);
      }
    },
    /** Rows of any number, one way or another; an error ends it as an exception. */
    stream: (call: StreamCall): RowStream => new RowStream(streaming<Piece>(call, deliver)),
    /** Sends items as they come, and tells how they were taken. */
    send: (call: SendCall): AsyncGenerator<BatchOutcome> =>
      streaming(
        call,
        (own) => {
          const { delivery: batches } = own.command;
          if (batches?.kind !== 'batches') throw notSending(own.command);
          const { items, idSeed, firstIndex } = call;
          return sendBatches(batches, { ...own, items, idSeed, firstIndex } satisfies BatchesCall);
        },
        () => ({}),
      ),
    /** The answer of a read command, checked, as its `offers` take it. */
    async ask(call: ExecuteCall): Promise<{ body: unknown }> {
      const prepared = prepare({ ...call, parameters: { ...call.parameters, response: 'raw' } });
      const { body } = await obtain(prepared);
      return { body };
    },
  };
}

function freshSeconds({ command, input, context }: PreparedCall): number {
  return typeof input.cacheSeconds === 'number'
    ? input.cacheSeconds
    : (command.freshSeconds?.(input, context) ?? 0);
}

function notSending({ label }: Command): PluginError {
  return new PluginError('INVALID_INPUT', `${label} sends no list. Choose a command that does.`);
}
