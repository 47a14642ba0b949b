/** The lookups that can fill a form's dropdown, or complete a filter. */
export const LOOKUPS = [
  'projects',
  'workspaces',
  'events',
  'properties',
  'propertyValues',
  'cohorts',
  'reports',
  'profileProperties',
  'profilePropertyValues',
] as const;
export type Lookup = (typeof LOOKUPS)[number];

/** One entry of a dropdown. */
export interface LookupOption {
  label: string;
  value: string;
}

/** What is known of a lookup before it is made. */
export interface LookupInfo {
  /** What it lists, in the plural. */
  noun: string;
  /** Queries of the hourly limit that it costs. For an hour the cache then answers, at no cost. */
  queries: 0 | 1;
  /** Keys of the fields without which it cannot be made, in the order of forms. */
  needs: readonly string[];
  /** Keys of the fields that narrow it if they have a value. */
  narrowedBy: readonly string[];
}

/**
 * What each lookup costs and depends on. `/api/query` counts against the hourly limit, `/api/app` does not. Source:
 * https://developer.mixpanel.com/reference/rate-limits
 */
export const LOOKUP_INFO: Readonly<Record<Lookup, LookupInfo>> = {
  projects: { noun: 'projects', queries: 0, needs: [], narrowedBy: [] },
  workspaces: { noun: 'workspaces', queries: 0, needs: ['projectId'], narrowedBy: [] },
  events: { noun: 'events', queries: 1, needs: ['projectId'], narrowedBy: ['workspaceId'] },
  properties: {
    noun: 'properties',
    queries: 1,
    needs: ['projectId', 'event'],
    narrowedBy: ['workspaceId', 'events'],
  },
  propertyValues: {
    noun: 'property values',
    queries: 1,
    needs: ['projectId', 'propertyName'],
    narrowedBy: ['workspaceId', 'event', 'events'],
  },
  cohorts: { noun: 'cohorts', queries: 1, needs: ['projectId'], narrowedBy: ['workspaceId'] },
  reports: { noun: 'saved reports', queries: 0, needs: ['projectId'], narrowedBy: [] },
  profileProperties: { noun: 'profile properties', queries: 1, needs: ['projectId'], narrowedBy: [] },
  profilePropertyValues: {
    noun: 'values of a profile property',
    queries: 1,
    needs: ['projectId', 'propertyName'],
    narrowedBy: ['workspaceId'],
  },
};

/** Returns what a lookup costs, in a sentence. */
export function describeLookupCost(lookup: Lookup): string {
  const { noun, queries } = LOOKUP_INFO[lookup];
  return queries === 0
    ? `Looking up ${noun} costs no query.`
    : `Looking up ${noun} costs 1 query, and none for an hour after that.`;
}
