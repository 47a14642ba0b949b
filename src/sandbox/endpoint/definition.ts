import type { Family } from '../../mixpanel/regions.js';
import type { SandboxAccount } from '../data/accounts.js';
import type { DataStore } from '../data/data-store.js';
import type { SandboxProject } from '../data/dataset/project.js';

/** One request, read and understood as far as every endpoint needs it. */
export interface SandboxRequest {
  method: string;
  /** Without the query string. */
  path: string;
  /** Path and query string, as they were sent. */
  url: string;
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

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** One path of Mixpanel's. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A pattern with `:name` for a variable part: `/api/app/projects/:projectId/annotations`. */
  path: string;
  family: Family;
  /** The variable parts of the path are among `exchange.params`. */
  handle(request: SandboxRequest, store: DataStore): Reply | Promise<Reply>;
}
