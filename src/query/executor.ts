import { createCacheKey } from '../cache/key.js';
import type { ResultCache } from '../cache/types.js';
import { type Command, effectOf } from '../command/definition.js';
import { PluginError } from '../errors.js';
import type { Priority } from '../rate-limit/types.js';
import { type Shaped, shapeAnswer } from '../result/answer-formatter.js';
import { asPluginError, type ExecutionResult, failed, succeeded } from '../result/query-result.js';
import {
  type BatchesCall,
  type BatchOutcome,
  type Caps,
  type DeliveryOptions,
  deliver,
  type Piece,
  RowStream,
  sendBatches,
} from '../transfer/index.js';
import type { Connection } from './connection-test.js';
import {
  type ExecuteCall,
  type InputReader,
  type PreparedCall,
  prepareCall,
  type SendCall,
  type StreamCall,
} from './prepared-query.js';
import { createQuotaView } from './quota-status.js';
import { createCourier } from './transfer-runner.js';
import type { Gateway } from './transport.js';

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
  const courier = createCourier(gateway, caps, delivery);
  const quota = createQuotaView(gateway);
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
    if (command.delivery && command.delivery.kind !== 'list')
      return courier.fetch(prepared, signal, priority);
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
        ? createCacheKey({
            username,
            password,
            region,
            command: command.id,
            input: { ...input, cacheSeconds: undefined },
          })
        : '';
    const mayRefresh = () => quota.isPlentiful(prepared);
    const cached = await cache.getOrLoad(
      key,
      { freshMs, deadline, signal, shouldRefresh: mayRefresh },
      (own, priority) => fetch(prepared, own, priority),
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
    async execute(call: ExecuteCall): Promise<ExecutionResult> {
      let prepared: PreparedCall | undefined;
      try {
        prepared = prepare(call);
        const { body, headers, messages } = await obtain(prepared);
        return succeeded(body, { ...headers, ...(await quota.headers(prepared)) }, messages);
      } catch (thrown) {
        const error = asPluginError(thrown);
        if (!prepared) return failed(error);
        // What failed is told, whatever becomes of what could be said beside it.
        const headers = await quota.headers(prepared).catch(() => ({}));
        const explained = await connection.explain(error, prepared.datasource, prepared);
        return failed(await quota.withNextSlot(explained, prepared).catch(() => explained), headers);
      }
    },
    /** Rows of any number, one way or another; an error ends it as an exception. */
    stream: (call: StreamCall): RowStream =>
      new RowStream(courier.run<Piece>(() => prepare(call), call, deliver)),
    /** Sends items as they come, and tells how they were taken. */
    send: (call: SendCall): AsyncGenerator<BatchOutcome> =>
      courier.run(
        () => prepare(call, () => ({})),
        call,
        (own) => {
          const { delivery: batches } = own.command;
          if (batches?.kind !== 'batches') throw notSending(own.command);
          const { items, idSeed, firstIndex } = call;
          return sendBatches(batches, { ...own, items, idSeed, firstIndex } satisfies BatchesCall);
        },
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
