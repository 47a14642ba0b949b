import type { SandboxProject } from '../../src/sandbox/data/dataset/project.js';
import type { SandboxRequest } from '../../src/sandbox/endpoint/definition.js';

/** Two projects for tests that need no data. */
export const PROJECTS: readonly SandboxProject[] = [
  project('1234567', 'Shop', 'UTC', false),
  project('2345678', 'Shop West', 'US/Pacific', true),
];

/** A request as the sandbox's server would have read it. */
export function createRequest(part: Partial<SandboxRequest> = {}): SandboxRequest {
  const { body, path = '/api/query/events' } = part;
  return {
    method: 'GET',
    path,
    url: path,
    params: {},
    body: undefined,
    rawBody: body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)),
    headers: {},
    receivedAt: Date.UTC(2026, 4, 20, 12),
    ...part,
  };
}

export function basicAuth(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function project(id: string, name: string, timezone: string, createdBefore2023: boolean): SandboxProject {
  return {
    id,
    name,
    token: `token-${id}`,
    organizationId: '100',
    organizationName: 'Demo',
    workspaceId: `9${id}`,
    timezone,
    weekStartsOn: 1,
    createdBefore2023,
    dataGroups: [],
    reports: [],
    funnels: [],
    cohorts: [],
    boards: [],
  };
}
