import { randomBytes, randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Datasource } from '../../command/datasource.js';
import { PluginError } from '../../errors.js';
import type { FamilyHosts } from '../../mixpanel/regions.js';
import type { MixpanelPlugin } from '../../plugin.js';
import { HOUR_MS } from '../../time/durations.js';
import type { ConnectionView } from '../wire.js';

/** A datasource and the plugin that runs its queries. Kept in memory only. */
export interface Connection {
  readonly id: string;
  readonly kind: 'sandbox' | 'account';
  readonly plugin: MixpanelPlugin;
  readonly datasource: Datasource;
  /** What the user calls it. */
  readonly name?: string;
  /** Base URLs of its requests, if they do not go to Mixpanel. */
  readonly hosts?: FamilyHosts;
  /** Known of the sandbox only. */
  readonly projectToken?: string;
}

/** The datasources of one browser. The key of a session is the secret in the browser's cookie. */
export interface Session {
  readonly connections: Map<string, Connection>;
  /** Streams that the page may stop, by the ids it gave them. */
  readonly streams: LRUCache<string, AbortController>;
}

const IDLE_MS = 12 * HOUR_MS;
const MAX_SESSIONS = 1000;
const KEY_BYTES = 32;
/** Streams per session, ended ones included, well above what one browser runs at a time. */
const MAX_STREAMS = 50;
/** Datasources per session, well above what one person compares. */
export const MAX_CONNECTIONS = 20;

/** Keeps credentials in the memory of this process, and nowhere else, while a browser session is in use. */
export function createSessions(initialConnections: readonly Connection[]) {
  const sessions = new LRUCache<string, Session>({ max: MAX_SESSIONS, ttl: IDLE_MS, updateAgeOnGet: true });
  return {
    find: (key: string | undefined): Session | undefined => (key ? sessions.get(key) : undefined),
    open(): { key: string; session: Session } {
      const key = randomBytes(KEY_BYTES).toString('base64url');
      const session = {
        connections: new Map(initialConnections.map((each) => [each.id, each])),
        streams: new LRUCache<string, AbortController>({ max: MAX_STREAMS }),
      };
      sessions.set(key, session);
      return { key, session };
    },
  };
}

export function createConnectionId(): string {
  return randomUUID();
}

/** Returns the connection without its password. */
export function toConnectionView({ id, kind, name, datasource, projectToken }: Connection): ConnectionView {
  const { username, region = 'US', projectId } = datasource;
  return {
    id,
    kind,
    name: kind === 'sandbox' ? 'Sandbox' : name || toDisplayName(username),
    username,
    region,
    ...(projectId ? { projectId } : {}),
    ...(projectToken ? { projectToken } : {}),
  };
}

/** Returns the first part of a service account's username, such as `name.abc123.mp-service-account`. */
function toDisplayName(username: string): string {
  return username.split('.')[0] || username;
}

/** Returns a datasource of the session. Throws `PluginError` if it has been forgotten. */
export function requireConnection(session: Session, id: string): Connection {
  const connection = session.connections.get(id);
  if (!connection) {
    throw new PluginError(
      'INVALID_DATASOURCE',
      'This datasource is no longer connected. Choose another, or add it again.',
    );
  }
  return connection;
}
