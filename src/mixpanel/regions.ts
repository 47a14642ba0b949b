/**
 * The regions of Mixpanel and the hosts of each, by API family.
 * Source: https://docs.mixpanel.com/docs/privacy/eu-residency and https://developer.mixpanel.com/reference/overview
 */
export const REGIONS = ['US', 'EU', 'IN'] as const;
export type Region = (typeof REGIONS)[number];

export const REGION_NAMES: Record<Region, string> = {
  US: 'United States',
  EU: 'European Union',
  IN: 'India',
};

/** The API families. Each has its own host and limits. */
export const FAMILIES = ['query', 'export', 'ingestion', 'app'] as const;
export type Family = (typeof FAMILIES)[number];

/** Base URLs without a trailing slash, by family. */
export type FamilyHosts = Record<Family, string>;

export const MIXPANEL_HOSTS: Record<Region, FamilyHosts> = {
  US: familyHosts('https://mixpanel.com', 'https://data.mixpanel.com', 'https://api.mixpanel.com'),
  EU: familyHosts('https://eu.mixpanel.com', 'https://data-eu.mixpanel.com', 'https://api-eu.mixpanel.com'),
  IN: familyHosts('https://in.mixpanel.com', 'https://data-in.mixpanel.com', 'https://api-in.mixpanel.com'),
};

function familyHosts(web: string, data: string, ingestion: string): FamilyHosts {
  return { query: web, app: web, export: data, ingestion };
}

/** Returns one base URL for every family: a local Mixpanel, a proxy. */
export function hostsAtUrl(url: string): FamilyHosts {
  return { query: url, export: url, ingestion: url, app: url };
}

/** Base URLs by region and family, or the same ones for every region. */
export type Hosts = FamilyHosts | Record<Region, FamilyHosts>;

export function hostsOf(region: Region, hosts: Hosts = MIXPANEL_HOSTS): FamilyHosts {
  return 'query' in hosts ? hosts : hosts[region];
}
