import type { SandboxProject } from '../exchange.js';
import { SAVED_BY_WEBSITE, savedByShop } from './saved.js';

/** Two projects of a shop that sells coffee by subscription, one of the agency that looks after it. */
export const PROJECTS: readonly SandboxProject[] = [
  {
    id: '1234567',
    name: 'Roast & Post',
    token: 'sandbox-token-1234567',
    organizationId: '100',
    organizationName: 'Roast & Post Ltd',
    workspaceId: '9876543',
    timezone: 'UTC',
    createdBefore2023: false,
    ...savedByShop(0),
  },
  {
    id: '2345678',
    name: 'Roast & Post (US shop, since 2019)',
    token: 'sandbox-token-2345678',
    organizationId: '100',
    organizationName: 'Roast & Post Ltd',
    workspaceId: '8765432',
    timezone: 'US/Pacific',
    createdBefore2023: true,
    ...savedByShop(10_000),
  },
  {
    id: '3456789',
    name: 'Agency website',
    token: 'sandbox-token-3456789',
    organizationId: '200',
    organizationName: 'Brew Agency',
    workspaceId: '7654321',
    timezone: 'Europe/Berlin',
    createdBefore2023: false,
    ...SAVED_BY_WEBSITE,
  },
];

/** How large a part of the customers and of the events each project has. */
export const SHARES: Readonly<Record<string, number>> = { '1234567': 0.7, '2345678': 0.22, '3456789': 0.08 };
