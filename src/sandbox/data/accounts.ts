import type { Region } from '../../mixpanel/regions.js';

/** Roles of a service account, strongest first. https://developer.mixpanel.com/reference/service-accounts */
export const ROLES = ['owner', 'admin', 'analyst', 'consumer'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Somebody who may call the sandbox. The passwords are public: they open nothing but this local server.
 * A real service account belongs to one organization; here one sees all three projects, for convenience.
 */
export interface SandboxAccount {
  username: string;
  password: string;
  role: Role;
  /** Ids of the projects it is a member of. */
  projects: readonly string[] | 'all';
  /** The cluster that knows it; matters only to a sandbox started for one region. */
  region: Region;
  /** `free` has no Query API (402), but may export. https://docs.mixpanel.com/docs/export-methods */
  plan: 'growth' | 'free';
  expired: boolean;
  /** One line for the page at `/`. */
  summary: string;
}

const PASSWORD = 'sandbox';

/** The first is the one that every example uses. */
const SANDBOX_ACCOUNTS: readonly SandboxAccount[] = [
  account('sandbox', 'Owner, sees all three projects', {}),
  account('analyst', 'Analyst, sees project 1234567 only; may not import', {
    role: 'analyst',
    projects: ['1234567'],
  }),
  account('consumer', 'Consumer of all projects: reads, writes nothing', { role: 'consumer' }),
  account('expired', 'Expired: refused everywhere', { expired: true }),
  account('free', 'On a plan without the Query API: 402 there, export works', { plan: 'free' }),
  account('sandbox-eu', 'Owner, known to the EU cluster only', { region: 'EU' }),
  account('sandbox-in', 'Owner, known to the India cluster only', { region: 'IN' }),
];

/**
 * The accounts that a region's cluster knows, all of them where the sandbox plays no region. Another region's are as
 * unknown to it as invented ones: Mixpanel's clusters share nothing.
 */
export function listAccounts(region?: Region): readonly SandboxAccount[] {
  return region ? SANDBOX_ACCOUNTS.filter((each) => each.region === region) : SANDBOX_ACCOUNTS;
}

/** Tells whether the account is a member of the project. */
export function isProjectMember(account: SandboxAccount, projectId: string): boolean {
  return account.projects === 'all' || account.projects.includes(projectId);
}

function account(
  name: string,
  summary: string,
  overrides: Partial<Omit<SandboxAccount, 'username' | 'password' | 'summary'>>,
): SandboxAccount {
  return {
    username: `${name}.demo.mp-service-account`,
    password: PASSWORD,
    role: 'owner',
    projects: 'all',
    region: 'US',
    plan: 'growth',
    expired: false,
    summary,
    ...overrides,
  };
}
