import type { Priority } from '../rate-limit/types.js';
import type { Shaped } from '../result/answer-formatter.js';
import { asPluginError } from '../result/query-result.js';
import {
  type Caps,
  collect,
  type DeliveryCall,
  type DeliveryOptions,
  type DeliveryPort,
  type DeliveryProgress,
  deliver,
  tabulateBatches,
} from '../transfer/index.js';
import type { PreparedCall } from './prepared-query.js';
import type { Gateway } from './transport.js';

/** Where a delivery that has no deadline tells how far it is, and from where it goes on. */
export interface Journey {
  onProgress?: (progress: DeliveryProgress) => void;
  resumeToken?: string;
}

interface Terms {
  signal?: AbortSignal;
  priority: Priority;
  deadline?: number;
  /** The time limit ends with the first byte: a body may take as long as its reader does. */
  idleTimeout?: boolean;
}

/** Carries what comes or goes in pieces through the gateway. */
export function createCourier(gateway: Gateway, caps: Caps | undefined, options: DeliveryOptions = {}) {
  /** The way to Mixpanel for one caller. */
  function portFor({ datasource }: Pick<PreparedCall, 'datasource'>, terms: Terms) {
    const own = { ...terms, region: datasource.region, credentials: datasource };
    let waited = 0;
    const note = <T extends { waitedMs: number }>(answer: T): T => {
      waited = Math.max(waited, answer.waitedMs);
      return answer;
    };
    const port: DeliveryPort = {
      open: async (request) => note(await gateway.open(request, own)),
      send: async (request, { uncounted } = {}) => {
        // Further pages are background work even where somebody waits for the first.
        const priority = uncounted ? 'background' : own.priority;
        return note(await gateway.send(request, { ...own, priority, uncounted }));
      },
    };
    return { port, waitedMs: () => waited };
  }

  return {
    /** All of a delivery in one result, up to the caps. */
    async fetch(
      prepared: PreparedCall,
      signal: AbortSignal | undefined,
      priority: Priority,
    ): Promise<Shaped> {
      const { command, input, deadline } = prepared;
      const { port, waitedMs } = portFor(prepared, { signal, priority, deadline });
      const call = { ...prepared, signal, port, options };
      const { body, headers, messages } =
        command.delivery?.kind === 'batches'
          ? await tabulateBatches(command.delivery, call)
          : await collect(deliver(call), input, caps);
      return { body, headers: { ...headers, 'x-waited-ms': waitedMs() }, messages };
    },

    /** A stream or a sending: no deadline, and everything it began ended with it. */
    async *run<T>(
      prepare: () => PreparedCall,
      { onProgress, resumeToken }: Journey,
      begin: (call: DeliveryCall) => AsyncGenerator<T>,
    ): AsyncGenerator<T> {
      const ended = new AbortController();
      try {
        const { deadline: _, ...prepared } = prepare();
        const signal = prepared.signal ? AbortSignal.any([prepared.signal, ended.signal]) : ended.signal;
        const { port } = portFor(prepared, {
          signal,
          priority: 'background',
          deadline: Number.POSITIVE_INFINITY,
          idleTimeout: true,
        });
        yield* begin({ ...prepared, signal, port, options, onProgress, resumeToken, resumable: true });
      } catch (thrown) {
        throw asPluginError(thrown);
      } finally {
        ended.abort();
      }
    },
  };
}
