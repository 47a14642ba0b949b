import type { Region } from '../../mixpanel/regions.js';

/** Roles of a service account, strongest first. https://developer.mixpanel.com/reference/service-accounts */
export const ROLES = ['owner', 'admin', 'analyst', 'consumer'] as const;
export type Role = (typeof ROLES)[number];

/**
 * A service account of the sandbox. The passwords are public: they are valid on this local server only.
 * A real service account belongs to one organization; here one sees all three projects, for convenience.
 */
export interface SandboxAccount {
  /** Mixpanel's number for it. */
  userId: number;
  username: string;
  password: string;
  role: Role;
  /** Ids of the projects it is a member of. */
  projects: readonly string[] | 'all';
  /** Its region, used only by a sandbox started for one region. */
  region: Region;
  /** `free` has no Query API (402), but may export. https://docs.mixpanel.com/docs/export-methods */
  plan: 'growth' | 'free';
  expired: boolean;
  /** One line for the page at `/`. */
  summary: string;
}

const PASSWORD = 'sandbox';

/** The first is used in every example. */
const SANDBOX_ACCOUNTS: readonly SandboxAccount[] = [
  createAccount(42, 'sandbox', 'Owner, sees all three projects', {}),
  createAccount(43, 'analyst', 'Analyst, sees project 1234567 only; may not import', {
    role: 'analyst',
    projects: ['1234567'],
  }),
  createAccount(44, 'consumer', 'Consumer of all projects: reads, writes nothing', { role: 'consumer' }),
  createAccount(45, 'expired', 'Expired: refused everywhere', { expired: true }),
  createAccount(46, 'free', 'On a plan without the Query API: 402 there, export works', { plan: 'free' }),
  createAccount(47, 'sandbox-eu', 'Owner, known to the EU cluster only', { region: 'EU' }),
  createAccount(48, 'sandbox-in', 'Owner, known to the India cluster only', { region: 'IN' }),
];

/**
 * Returns the accounts of a region, or all of them if the sandbox stands for no region. Mixpanel's
 * clusters share nothing: the accounts of another region are unknown.
 */
export function listAccounts(region?: Region): readonly SandboxAccount[] {
  return region ? SANDBOX_ACCOUNTS.filter((each) => each.region === region) : SANDBOX_ACCOUNTS;
}

/** Returns whether the account is a member of the project. */
export function isProjectMember(account: SandboxAccount, projectId: string): boolean {
  return account.projects === 'all' || account.projects.includes(projectId);
}

function createAccount(
  userId: number,
  name: string,
  summary: string,
  overrides: Partial<Omit<SandboxAccount, 'username' | 'password' | 'summary'>>,
): SandboxAccount {
  return {
    userId,
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
