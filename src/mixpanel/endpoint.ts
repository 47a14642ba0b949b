import { FAMILIES, type Family, MIXPANEL_HOSTS, REGION_NAMES, REGIONS, type Region } from './regions.js';
import type { MixpanelRequest } from './request.js';

export interface Endpoint {
  family: Family;
  path: string;
  query: Record<string, string>;
}

const INGESTION_PATHS = ['/track', '/import', '/engage', '/groups', '/lookup-tables', '/flags'];

const METHOD_IN_FRONT = /^(GET|POST|PUT|PATCH|DELETE)\s+/i;

/** Returns the method that stands in front of an endpoint, as documentation writes it: `DELETE https://…`. */
export function methodInFront(endpoint: string): MixpanelRequest['method'] | undefined {
  return METHOD_IN_FRONT.exec(endpoint)?.[1]?.toUpperCase() as MixpanelRequest['method'] | undefined;
}

/** Stands for the project in an endpoint, as Mixpanel's documentation writes it: `/projects/{projectId}/annotations`. */
const PROJECT_PLACEHOLDER = /(?<!\{)\{project_?id\}(?!\})/i;

/** Returns whether an endpoint has a placeholder for the project. */
export function hasProjectPlaceholder(endpoint: string): boolean {
  return PROJECT_PLACEHOLDER.test(endpoint);
}

/** Returns the endpoint with the project in place of its placeholders. */
export function fillProjectPlaceholder(endpoint: string, projectId: string): string {
  return endpoint.replace(new RegExp(PROJECT_PLACEHOLDER, 'gi'), projectId);
}

/**
 * Returns the path and the parameters of an endpoint that `resolveEndpoint` accepts, in the form in which answers are
 * recognised: without a slash at the end, below `/api/query`, `/api/app` or the ingestion host.
 */
export function readEndpoint(endpoint: string): { path: string; query: Record<string, string> } | undefined {
  const text = completeEndpoint(endpoint);
  if (!URL.canParse(text, MIXPANEL_HOSTS.US.query)) return undefined;
  const url = new URL(text, MIXPANEL_HOSTS.US.query);
  const path = completePath(url.pathname)
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
  return { path: withoutVersion(path), query: Object.fromEntries(url.searchParams) };
}

/** `/api/2.0` is the old address of the Query API, except for the export. */
function withoutVersion(path: string): string {
  return familyOfPath(path.toLowerCase()) === 'query'
    ? path.replace(/^\/api\/2\.0(?=\/)/i, '/api/query')
    : path;
}

/** Returns an endpoint without the method in front of it, as a URL or as a path from the host's root. */
function completeEndpoint(endpoint: string): string {
  const text = endpoint.trim().replace(METHOD_IN_FRONT, '');
  if (/^[a-z-]*\.?mixpanel\.com(?=[/?#]|$)/i.test(text)) return `https://${text}`;
  const isPath = /^api\//i.test(text) || (/^[a-z_]+(?:[/?#]|$)/i.test(text) && isShortPath(`/${text}`));
  return isPath ? `/${text}` : text;
}

/** The first part of paths that documentation writes without the address of their API. */
const QUERY_PATHS = 'events|funnels|retention|segmentation|insights|cohorts|stream|jql|arb_funnels';
const APP_PATHS = 'projects|workspaces|organizations|me';
const SHORT_QUERY_PATH = new RegExp(`^/(?:query(?=/)|(?=(?:${QUERY_PATHS})(?:[/?#]|$)))/?`, 'i');
const SHORT_APP_PATH = new RegExp(`^/(?:app(?=/)|(?=(?:${APP_PATHS})(?:[/?#]|$)))/?`, 'i');

function isShortPath(path: string): boolean {
  return SHORT_QUERY_PATH.test(path) || SHORT_APP_PATH.test(path);
}

/** Returns a path from the host's root: `/funnels/list` is `/api/query/funnels/list`. */
function completePath(path: string): string {
  if (SHORT_QUERY_PATH.test(path)) return path.replace(SHORT_QUERY_PATH, '/api/query/');
  return path.replace(SHORT_APP_PATH, '/api/app/');
}

/**
 * Resolves the URL or path of a Custom Action. Accepts only Mixpanel's own hosts in the datasource's region, so that
 * credentials never go elsewhere. Source of hosts and paths: https://developer.mixpanel.com/reference/overview
 */
export function resolveEndpoint(endpoint: string, region: Region): Endpoint | { problem: string } {
  const text = completeEndpoint(endpoint);
  const resolved =
    text.startsWith('/') && !text.startsWith('//') ? resolvePath(text, region) : resolveUrl(text, region);
  return 'family' in resolved && isAmbiguousPath(text) ? { problem: AMBIGUOUS_PATH } : resolved;
}

const AMBIGUOUS_PATH =
  'has a path that can be read in two ways. Write it without . and .. segments, backslashes, line breaks, and encoded slashes or nulls (%2F, %5C, %00).';
/** Encoded twice counts as well: a proxy may decode the path once before Mixpanel does. */
const ENCODED_SEPARATOR = /%(?:25)*(?:2f|5c|00)/i;
const DOT_SEGMENT = /(?:^|\/)(?:\.|%(?:25)*2e){1,2}(?:\/|$)/i;
// The URL parser drops some of these and turns a backslash into a slash.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const REWRITTEN_CHARACTER = /[\\\u0000-\u001f\u007f]/;

/**
 * Whether Mixpanel could take the path for another one than we do: the API family, and with it the quota it is
 * charged to, would then be a guess.
 */
function isAmbiguousPath(text: string): boolean {
  const path = text.replace(/^https:\/\/[^/?#\\]*/i, '').split(/[?#]/, 1)[0]!;
  return ENCODED_SEPARATOR.test(path) || DOT_SEGMENT.test(path) || REWRITTEN_CHARACTER.test(path);
}

function resolveUrl(text: string, region: Region): Endpoint | { problem: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) {
    return {
      problem: `must be a URL such as ${MIXPANEL_HOSTS[region].query}/api/query/funnels/list, or a path that starts with /.`,
    };
  }
  if (url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') {
    return { problem: 'must be a plain https URL without a port or credentials in it.' };
  }
  const urlRegion = REGIONS.find((each) => Object.values(MIXPANEL_HOSTS[each]).includes(url.origin));
  if (!urlRegion) {
    const allowed = [...new Set(Object.values(MIXPANEL_HOSTS[region]))]
      .map((host) => new URL(host).host)
      .join(', ');
    return { problem: `must be on a Mixpanel host of the region ${region}: ${allowed}.` };
  }
  if (urlRegion !== region) {
    return {
      problem: `is in the region ${REGION_NAMES[urlRegion]} (${urlRegion}), but the datasource's region is ${region}. Use ${MIXPANEL_HOSTS[region].query}, or a datasource of that region.`,
    };
  }
  const family = FAMILIES.find((each) => MIXPANEL_HOSTS[region][each] === url.origin)!;
  if (family === 'query') url.pathname = completePath(url.pathname);
  return toEndpoint(url, family === 'query' && familyOfPath(url.pathname) === 'app' ? 'app' : family);
}

function resolvePath(text: string, region: Region): Endpoint | { problem: string } {
  const url = new URL(text, MIXPANEL_HOSTS[region].query);
  // A backslash or a tab after the first slash makes a host of what follows.
  if (url.origin !== MIXPANEL_HOSTS[region].query) return resolveUrl(url.href, region);
  url.pathname = completePath(url.pathname);
  const family = familyOfPath(url.pathname);
  if (!family) {
    return {
      problem: `must begin with /api/query, /api/app, /api/2.0 or one of ${INGESTION_PATHS.join(', ')}.`,
    };
  }
  return toEndpoint(url, family);
}

function familyOfPath(path: string): Family | undefined {
  const isUnder = (base: string) => path === base || path.startsWith(`${base}/`);
  if (isUnder('/api/query')) return 'query';
  if (isUnder('/api/app')) return 'app';
  if (isUnder('/api/2.0/export') || isUnder('/api/2.0/nessie')) return 'export';
  if (isUnder('/api/2.0')) return 'query';
  return INGESTION_PATHS.some(isUnder) ? 'ingestion' : undefined;
}

function toEndpoint(url: URL, family: Family): Endpoint | { problem: string } {
  const query = Object.fromEntries(url.searchParams);
  const repeated = findRepeated(url.searchParams.keys());
  if (repeated !== undefined) {
    return {
      problem: `has the parameter ${repeated} more than once. Give it once; Mixpanel takes several values as a JSON array, such as ["a","b"].`,
    };
  }
  return { family, path: url.pathname, query };
}

function findRepeated(names: Iterable<string>): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
