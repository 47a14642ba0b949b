import type { Datasource } from '../../command/datasource.js';
import { isObject } from '../../json/object.js';
import type { Row } from '../../result/rows.js';
import { timeForQuery } from '../query-timeout.js';
import { getHostRuntime } from '../runtime.js';
import schema from './schema.json' with { type: 'json' };

/** Budibase's default timeout of a query in milliseconds (`server/src/api/controllers/query`). */
const DEFAULT_THREAD_TIMEOUT_MS = 10_000;

/**
 * The datasource Budibase makes anew for each query. It calls the method named like the query's verb, so every
 * command of the schema is one. Source: Budibase, `packages/server/src/threads/query.ts`.
 */
class MixpanelIntegration {
  readonly #datasource: Datasource;

  constructor(config: Record<string, unknown>) {
    const { username, password, region, projectId } = config;
    // Budibase keeps no types; the executor checks every field.
    this.#datasource = { username, password, region: region || undefined, projectId } as Datasource;
  }

  async testConnection(): Promise<{ connected: boolean; error?: string }> {
    const { plugin } = await getHostRuntime();
    const { ok, message } = await plugin.test(this.#datasource);
    return ok ? { connected: true } : { connected: false, error: message };
  }

  async execute(command: string, { extra, ...fields }: Record<string, unknown>): Promise<Row[]> {
    const { plugin } = await getHostRuntime();
    const result = await plugin.execute({
      datasource: this.#datasource,
      command,
      parameters: { ...fields, ...(isObject(extra) ? extra : {}) },
      timeoutMs: timeForQuery(Number(process.env.QUERY_THREAD_TIMEOUT) || DEFAULT_THREAD_TIMEOUT_MS),
    });
    if (!result.ok) throw new Error(result.error.message);
    return withMessages(tableOf(result.body), result.messages);
  }
}

for (const verb of Object.keys(schema.schema.query)) {
  Object.defineProperty(MixpanelIntegration.prototype, verb, {
    value(this: MixpanelIntegration, query: Record<string, unknown> = {}) {
      return this.execute(verb, query);
    },
  });
}

export default { integration: MixpanelIntegration, schema };

/**
 * Budibase takes an object with `data` and `info` for an envelope of its own, and fails on a row that is no object:
 * whatever came is rows here.
 */
function tableOf(body: unknown): Row[] {
  if (body === undefined || body === null) return [];
  return [body].flat().map((each) => (isObject(each) ? structuredClone(each) : { value: each }));
}

/** Beside its rows Budibase has no place for words: they stand in a column of the first one. */
function withMessages([first, ...rest]: Row[], messages: readonly string[]): Row[] {
  if (messages.length === 0) return first ? [first, ...rest] : [];
  return [{ ...first, messages: messages.join(' ') }, ...rest];
}
