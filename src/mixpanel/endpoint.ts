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

/**
 * Where a URL or a path of a Custom Action leads: only to Mixpanel's own hosts in the datasource's region, so that
 * credentials never go elsewhere. Source of hosts and paths: https://developer.mixpanel.com/reference/overview
 */
export function resolveEndpoint(endpoint: string, region: Region): Endpoint | { problem: string } {
  const text = endpoint.replace(METHOD_IN_FRONT, '');
  return text.startsWith('/') && !text.startsWith('//')
    ? resolvePath(text, region)
    : resolveUrl(text, region);
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
  return toEndpoint(url, family === 'query' && familyOfPath(url.pathname) === 'app' ? 'app' : family);
}

function resolvePath(text: string, region: Region): Endpoint | { problem: string } {
  const url = new URL(text, MIXPANEL_HOSTS[region].query);
  // A backslash or a tab after the first slash makes a host of what follows.
  if (url.origin !== MIXPANEL_HOSTS[region].query) return resolveUrl(url.href, region);
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
  const repeated = Object.keys(query).find((name) => url.searchParams.getAll(name).length > 1);
  if (repeated !== undefined) {
    return {
      problem: `has the parameter ${repeated} more than once. Give it once; Mixpanel takes several values as a JSON array, such as ["a","b"].`,
    };
  }
  return { family, path: url.pathname, query };
}
