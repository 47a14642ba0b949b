import type { Datasource } from '../../command/datasource.js';
import { LOOKUPS, type Lookup } from '../../command/lookup.js';
import { PluginError } from '../../errors.js';
import { timeForQuery } from '../query-timeout.js';
import { getHostRuntime } from '../runtime.js';
import { QueryError } from './query-error.js';

/**
 * The query service ToolJet loads from `dist/index.js`. Source of the contract: ToolJet,
 * `marketplace/plugins/common/lib/query_service.interface.ts`, `server/src/modules/data-queries/util.service.ts`.
 */
export default class MixpanelQueryService {
  /** Runs one query; throws `QueryError`. `data` is what `{{queries.name.data}}` binds to. */
  async run(sourceOptions: SourceOptions, queryOptions: QueryOptions): Promise<ToolJetResult> {
    const { operation, query_timeout: timeout, ...parameters } = queryOptions;
    const { plugin, withInsertions } = await getHostRuntime();
    const command = plugin.commands.find(({ id }) => id === operation);
    const result = await plugin.execute({
      datasource: datasourceOf(sourceOptions),
      command: String(operation ?? ''),
      parameters: command ? withInsertions(command, parameters) : parameters,
      timeoutMs: Number(timeout) > 0 ? timeForQuery(Number(timeout)) : undefined,
    });
    if (!result.ok) throw queryError(result.error);
    const { body, meta, messages } = result;
    return { status: 'ok', data: body, metadata: { ...meta, messages } };
  }

  async testConnection(sourceOptions: SourceOptions): Promise<ConnectionTestResult> {
    const { plugin } = await getHostRuntime();
    const { ok, message } = await plugin.test(datasourceOf(sourceOptions));
    return { status: ok ? 'ok' : 'failed', message };
  }

  /** Fills a dynamic selector: `methodName` is what is looked up, `args.values` what it depends on. */
  async invokeMethod(
    methodName: string,
    _context: unknown,
    sourceOptions: SourceOptions,
    args?: { values?: Record<string, unknown> },
  ): Promise<{ label: string; value: string }[]> {
    const lookup = LOOKUPS.find((each) => each === methodName);
    if (!lookup) {
      throw new QueryError(`There is nothing to look up by the name ${JSON.stringify(methodName)}.`, '', {});
    }
    return await look(lookup, sourceOptions, args?.values);
  }
}

async function look(lookup: Lookup, sourceOptions: SourceOptions, parameters: Record<string, unknown> = {}) {
  const { plugin } = await getHostRuntime();
  try {
    const datasource = datasourceOf(sourceOptions);
    return (await plugin.options({ datasource, lookup, parameters })).options;
  } catch (thrown) {
    throw PluginError.is(thrown) ? queryError(thrown) : thrown;
  }
}

/** What the datasource form holds, the password decrypted. */
type SourceOptions = Record<string, unknown>;

/** What the query form holds; ToolJet adds entries of its own, such as a selector's list. */
type QueryOptions = Record<string, unknown> & { operation?: unknown; query_timeout?: unknown };

interface ToolJetResult {
  status: 'ok';
  data: unknown;
  metadata: Record<string, unknown>;
}

interface ConnectionTestResult {
  status: 'ok' | 'failed';
  message: string;
}

function datasourceOf({ username, password, region, projectId }: SourceOptions): Datasource {
  // ToolJet keeps no types; the executor checks every field.
  return { username, password, region: region || undefined, projectId } as Datasource;
}

function queryError(error: PluginError): QueryError {
  const { code, title, status, message, retryAt, issues, upstream, upstreamStatus } = error;
  const retry = retryAt === undefined ? undefined : new Date(retryAt).toISOString();
  return new QueryError(message, retry ? `${title}. Try again at ${retry}.` : `${title}.`, {
    code,
    status,
    ...(retry ? { retryAt: retry } : {}),
    ...(issues ? { issues } : {}),
    ...(upstream ? { upstream, upstreamStatus } : {}),
  });
}
