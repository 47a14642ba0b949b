import type { Datasource } from '../../command/datasource.js';
import { unwrap } from '../../command/values.js';
import { PluginError } from '../../errors.js';
import { isObject } from '../../json/object.js';
import type { QueryRequest } from '../../query/prepared-query.js';
import { MINUTE_MS } from '../../time/durations.js';
import { timeForQuery } from '../query-timeout.js';
import type { Manifest } from './manifest/index.js';

/**
 * The plugin on Appsmith's wire: what its community edition sends for a remote plugin, and what it can parse of
 * an answer. Source: Appsmith CE, `SaasPlugin.java`, `ExecutePluginDTO.java`, `ActionExecutionResult.java`,
 * `PluginScheduledTaskUtilsCEImpl.java`. Pure: nothing in here opens a connection.
 */

/** Paths below Appsmith's `APPSMITH_CLOUD_SERVICES_BASE_URL`. */
export const EXECUTE_PATH = '/api/v1/actions/execute';
export const FEED_PATH = '/api/v1/plugins';

/** What Appsmith takes for a time-out it cannot read, and for a missing one (`ActionConfiguration.java`, `ActionConstants.java`). */
const FALLBACK_TIMEOUT_MS = MINUTE_MS;
const DEFAULT_TIMEOUT_MS = 10_000;
/** Appsmith itself allows a minute; its form lets more through. Nothing anybody waits for takes longer than this. */
const MAX_TIMEOUT_MS = 600_000;

/** A query that Appsmith forwards: ours, or one for another remote plugin. */
export type ForwardedQuery = { mine: true; call: QueryRequest } | { mine: false; pluginName: string };

/**
 * Reads the body of `POST /api/v1/actions/execute`, leniently: what is missing or odd is left to the executor, which
 * names it.
 *
 * @example
 * const request = readExecuteRequest(await incoming.json(), plugin.manifest.pluginName);
 * if (request.mine) answer(200, writeExecuteResult(await plugin.execute(request.call)));
 *
 * @throws `PluginError` when the body is not one of Appsmith's at all.
 */
export function readExecuteRequest(body: unknown, ownName: string): ForwardedQuery {
  const request = asObject(body);
  const pluginName = asText(request.pluginName);
  if (!pluginName) {
    throw new PluginError(
      'UNUSABLE_REQUEST',
      'The request names no plugin. It must be the JSON that Appsmith sends, with pluginName, datasource and actionConfiguration.',
    );
  }
  if (pluginName !== ownName) return { mine: false, pluginName };
  const action = asObject(request.actionConfiguration);
  const { command, ...parameters } = asObject(action.formData);
  return {
    mine: true,
    call: {
      datasource: readDatasource(asObject(asObject(request.datasource).datasourceConfiguration)),
      command: asText(unwrap(command)) || asText(request.actionTemplateName),
      parameters,
      timeoutMs: queryTimeoutMs(action.timeoutInMillisecond),
    },
  };
}

/** What Appsmith fetches 30 seconds after its start and every two hours to learn of remote plugins. */
export interface PluginFeed {
  responseMeta: { status: 200; success: true };
  data: unknown[];
}

/** The list of plugins with ours in it; `others` are those of Appsmith's own list, where it is passed on. */
export function buildPluginFeed(manifest: Manifest, others: readonly unknown[] = []): PluginFeed {
  const otherPlugins = others.filter((each) => each && asObject(each).pluginName !== manifest.pluginName);
  return { responseMeta: { status: 200, success: true }, data: [...otherPlugins, manifest] };
}

/** How our document names the properties of a datasource, in the order of its form. */
const PROPERTY_ORDER = ['projectId', 'region'];

function readDatasource(configuration: Record<string, unknown>): Datasource {
  const { username, password } = asObject(configuration.authentication);
  const settings: Record<string, unknown> = {};
  for (const [index, property] of asArray(configuration.properties).entries()) {
    const { key, value } = asObject(property);
    // A form that sets only values leaves the keys null: then the place decides.
    const name = asText(key) || PROPERTY_ORDER[index];
    if (name && settings[name] === undefined) settings[name] = unwrap(value);
  }
  const { region, projectId } = settings;
  // The wire erases the types; the executor checks every field.
  return { username, password, region, projectId } as Datasource;
}

function queryTimeoutMs(timeout: unknown): number {
  const requestedMs = timeout === undefined || timeout === null ? DEFAULT_TIMEOUT_MS : Number(timeout);
  const totalMs = Math.min(requestedMs > 0 ? requestedMs : FALLBACK_TIMEOUT_MS, MAX_TIMEOUT_MS);
  return timeForQuery(totalMs);
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
