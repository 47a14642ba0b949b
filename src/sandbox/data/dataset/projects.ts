import type { Region } from '../../../mixpanel/regions.js';
import type { SandboxProject } from './project.js';
import { createShopObjects, WEBSITE_OBJECTS } from './saved-objects.js';

/** Companies that buy for their offices. A data group's id is larger than a double can hold, and may be negative. */
export const COMPANY_GROUP = { key: 'company', id: '-1405123841946871899' };

/** The project that examples use, and that takes events of one's own. */
export const MAIN_PROJECT_ID = '1234567';

/** Two projects of a shop that sells coffee by subscription, one of the agency that looks after it. */
export const PROJECTS: readonly SandboxProject[] = [
  {
    id: MAIN_PROJECT_ID,
    name: 'Roast & Post',
    token: 'sandbox-token-1234567',
    organizationId: '100',
    organizationName: 'Roast & Post Ltd',
    workspaceId: '9876543',
    timezone: 'UTC',
    weekStartsOn: 1,
    createdBefore2023: false,
    dataGroups: [COMPANY_GROUP],
    ...createShopObjects(0),
  },
  {
    id: '2345678',
    name: 'Roast & Post (US shop, since 2019)',
    token: 'sandbox-token-2345678',
    organizationId: '100',
    organizationName: 'Roast & Post Ltd',
    workspaceId: '8765432',
    timezone: 'US/Pacific',
    weekStartsOn: 0,
    createdBefore2023: true,
    dataGroups: [COMPANY_GROUP],
    ...createShopObjects(10_000),
  },
  {
    id: '3456789',
    name: 'Agency website',
    token: 'sandbox-token-3456789',
    organizationId: '200',
    organizationName: 'Brew Agency',
    workspaceId: '7654321',
    timezone: 'Europe/Berlin',
    weekStartsOn: 1,
    createdBefore2023: false,
    historyDays: 90,
    dataGroups: [],
    ...WEBSITE_OBJECTS,
  },
];

/**
 * Projects of another region. For a request about one of them, every other cluster answers that the id is not its
 * own; a sandbox without a region always does.
 */
export const OTHER_CLUSTER_PROJECTS: ReadonlyMap<string, Region> = new Map([
  ['4567890', 'EU'],
  ['5678901', 'IN'],
  ['6789012', 'US'],
]);

/** What happens in a project. */
export interface Scenario {
  kind: 'shop' | 'website';
  /** How large a part of all customers and events it has. */
  share: number;
  /** Of UTC. */
  busiestHour: number;
}

/** By project id. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  [MAIN_PROJECT_ID]: { kind: 'shop', share: 0.7, busiestHour: 14 },
  '2345678': { kind: 'shop', share: 0.22, busiestHour: 21 },
  '3456789': { kind: 'website', share: 0.08, busiestHour: 13 },
};
