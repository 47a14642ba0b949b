import type { Family } from '../mixpanel/regions.js';
import type { SandboxAccount } from './accounts.js';
import type { SavedCohort, SavedFunnel, SavedReport } from './shop/saved.js';
import type { World } from './world.js';

/** A project of the sandbox, as `/api/app/me` shows it and as its data are kept. */
export interface SandboxProject {
  /** Digits. */
  id: string;
  name: string;
  /** Not a secret: events and profile updates carry it. */
  token: string;
  organizationId: string;
  organizationName: string;
  /** The data view that shows everything ("All Project Data"). */
  workspaceId: string;
  /** IANA name. */
  timezone: string;
  /**
   * Projects made before 2023 store and export times in the project's time zone, as if it were UTC.
   * https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects
   */
  createdBefore2023: boolean;
  /** How far back its plan lets queries look; absent where there is no limit. */
  historyDays?: number;
  /** Groups of its users; their profiles are asked for by the id. */
  dataGroups: readonly { key: string; id: string }[];
  /** What people saved in it. */
  reports: readonly SavedReport[];
  funnels: readonly SavedFunnel[];
  cohorts: readonly SavedCohort[];
}

/** One request, read and understood as far as every endpoint needs it. */
export interface Exchange {
  method: string;
  /** Without the query string. */
  path: string;
  /** URL parameters, then the form's or JSON object's on top: with Mixpanel the body wins. */
  params: Record<string, unknown>;
  /** The parsed body when it was JSON (or JSON in a form's `data` field), else undefined. */
  body: unknown;
  /** The body's bytes, after gunzip: empty without a body. */
  rawBody: Uint8Array;
  /** Names in lower case. */
  headers: Record<string, string>;
  account?: SandboxAccount;
  project?: SandboxProject;
  /** The sandbox's time, epoch milliseconds. */
  receivedAt: number;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string | Uint8Array | AsyncIterable<Uint8Array | string>;
}

/** One path of Mixpanel's. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A pattern with `:name` for a variable part: `/api/app/projects/:projectId/annotations`. */
  path: string;
  family: Family;
  /** The variable parts of the path are among `exchange.params`. */
  handle(exchange: Exchange, world: World): Reply | Promise<Reply>;
}
