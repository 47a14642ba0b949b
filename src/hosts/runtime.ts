import type { withInsertions } from '../command/form.js';
import { hostsAtUrl } from '../mixpanel/regions.js';
import type { MixpanelPlugin } from '../plugin.js';

/** Names the bundle this module is part of; set by `npm run build:hosts`. */
declare const BUILD_ID: string | undefined;

/** A base URL instead of Mixpanel's own, for a local Mixpanel: set where the host runs, never in a form. */
const BASE_URL_VARIABLE = 'MIXPANEL_DATASOURCE_MIXPANEL_URL';

/** What an adapter works with. */
export interface HostRuntime {
  plugin: MixpanelPlugin;
  /** Reads the registry of the plugin's own copy of our code; another copy does not know its fields. */
  withInsertions: typeof withInsertions;
}

type Owner = typeof process & { [key: symbol]: Promise<HostRuntime> | undefined };

/**
 * Returns the runtime of this process, made by the first caller and kept on `process`: hosts evaluate our bundle anew,
 * ToolJet for every query (docs/decisions/0008-plugin-on-process.md).
 */
export function getHostRuntime(): Promise<HostRuntime> {
  const url = process.env[BASE_URL_VARIABLE];
  const build = typeof BUILD_ID === 'undefined' ? 'source' : BUILD_ID;
  const key = Symbol.for(`mixpanel-datasource.runtime:${build}:${url ?? ''}`);
  const owner = process as Owner;
  owner[key] ??= makeRuntime(url);
  return owner[key];
}

async function makeRuntime(url: string | undefined): Promise<HostRuntime> {
  const [{ createPlugin }, { withInsertions }] = await Promise.all([
    import('../plugin.js'),
    import('../command/form.js'),
  ]);
  // The variable holds for the whole process, so its project ids mean one project: the quota may be shared.
  const plugin = createPlugin(url ? { hosts: hostsAtUrl(baseOf(url)), quota: { shared: true } } : {});
  return { plugin, withInsertions };
}

function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`${BASE_URL_VARIABLE} must be an http(s) URL, such as http://127.0.0.1:8788.`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
