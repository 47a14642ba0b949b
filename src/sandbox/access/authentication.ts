import type { Family, Region } from '../../mixpanel/regions.js';
import { isProjectMember, type Role, type SandboxAccount } from '../data/accounts.js';
import type { SandboxProject } from '../data/dataset/project.js';
import { OTHER_CLUSTER_PROJECTS } from '../data/dataset/projects.js';
import { jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';
import { createErrorReply } from '../endpoint/errors.js';
import { toText } from '../records/json.js';

/** The accounts and projects that exist. */
export interface Directory {
  accounts: readonly SandboxAccount[];
  projects: readonly SandboxProject[];
  /** The region the sandbox stands for, if it is only one. */
  region?: Region;
}

/** The caller and the project; a project secret or token has no account. */
export interface Identity {
  account?: SandboxAccount;
  project?: SandboxProject;
}

export type AuthenticationResult = { identity: Identity } | { rejection: Reply };

interface Credentials {
  username: string;
  password: string;
}

/**
 * Identifies the caller, or rejects the request in Mixpanel's words for its API family.
 * Source: https://developer.mixpanel.com/reference/authentication
 */
export function authenticate(
  request: SandboxRequest,
  family: Family,
  directory: Directory,
): AuthenticationResult {
  const credentials = parseBasicAuth(request.headers.authorization);
  switch (family) {
    case 'app':
      return authenticateApp(request, credentials, directory);
    case 'ingestion':
      // The other paths take no credentials: each record carries its project's token.
      return request.path === '/import' || request.path.startsWith('/lookup-tables')
        ? authenticateImport(request, credentials, directory)
        : { identity: {} };
    default:
      return authenticateQuery(request, family, credentials, directory);
  }
}

/** Returns a project's secret. Until 2027-03-03 it is sent as the Basic username with an empty password. */
export function projectSecret(project: SandboxProject): string {
  return `secret-${project.id}`;
}

function authenticateQuery(
  request: SandboxRequest,
  family: 'query' | 'export',
  credentials: Credentials | undefined,
  directory: Directory,
): AuthenticationResult {
  const reject = (status: number, error: string) => rejectWith(family, request, status, error);
  const projectId = toText(request.params.project_id);

  if (credentials?.password === '') {
    const project = directory.projects.find((each) => projectSecret(each) === credentials.username);
    if (!project) return reject(400, UNAUTHENTICATED);
    if (projectId && projectId !== project.id) return reject(400, PROJECT_MISMATCH);
    return { identity: { project } };
  }

  const account = findAccount(credentials, directory);
  // Without a project_id Mixpanel reads the credentials as a project secret. That is measured on /import;
  // the words of the Query API are a guess.
  if (!account || !projectId) return reject(400, UNAUTHENTICATED);
  if (isInOtherCluster(projectId, directory)) return reject(400, 'invalid project id for cluster');
  const project = findProject(projectId, account, directory);
  // Recorded for the Query API; that the export uses the same words is a guess.
  if (!project) return reject(403, 'User is not a member of this project');
  if (family === 'query' && account.plan === 'free') {
    return {
      rejection: jsonReply(402, {
        error: 'Your plan does not allow API calls. Upgrade at mixpanel.com/pricing',
      }),
    };
  }
  return { identity: { account, project } };
}

function authenticateApp(
  request: SandboxRequest,
  credentials: Credentials | undefined,
  directory: Directory,
): AuthenticationResult {
  const reject = (status: number, error: string) => rejectWith('app', request, status, error);
  const account = findAccount(credentials, directory);
  if (!account) return reject(401, 'Invalid service account credentials');

  const [, projectId, resource] = /^\/api\/app\/projects\/([^/]+)\/([^/]+)/.exec(request.path) ?? [];
  if (projectId === undefined) return { identity: { account } };
  const project = findProject(projectId, account, directory);
  if (!project) return reject(403, `User ${account.userId} is not a member of project ${projectId}.`);
  // The status is documented, the words are a guess.
  if (request.method !== 'GET' && !canWrite(account.role, resource)) return reject(403, 'Permission denied');
  return { identity: { account, project } };
}

function authenticateImport(
  request: SandboxRequest,
  credentials: Credentials | undefined,
  directory: Directory,
): AuthenticationResult {
  const reject = (status: number, error: string) => rejectWith('ingestion', request, status, error);
  if (!credentials) return reject(401, 'Invalid credentials');
  const { username, password } = credentials;
  const projectId = toText(request.params.project_id);

  if (password === '') {
    const project = directory.projects.find(
      (each) => each.token === username || projectSecret(each) === username,
    );
    if (!project) return reject(401, NOT_A_SECRET);
    if (projectId && projectId !== project.id) return reject(400, PROJECT_MISMATCH);
    return { identity: { project } };
  }

  if (!projectId) return reject(401, NOT_A_SECRET);
  if (!directory.accounts.some((each) => each.username === username)) {
    return reject(401, 'Not a valid service account username');
  }
  const account = findAccount(credentials, directory);
  if (!account) return reject(401, 'Invalid credentials');
  const project = findProject(projectId, account, directory);
  // /import knows no 403. `not a project member` is measured, the words around it are not, nor those on the role.
  // https://docs.mixpanel.com/troubleshooting/errors/403-forbidden
  if (!project) return reject(401, 'Service account is not a project member');
  if (!isAdmin(account.role)) return reject(401, 'Service account is not an Owner or Admin of the project');
  return { identity: { account, project } };
}

const UNAUTHENTICATED = 'Unable to authenticate request';
const PROJECT_MISMATCH = 'Credentials in request did not match project_id URL parameter';
const NOT_A_SECRET =
  'Unauthorized, invalid project secret. See docs for more information: ' +
  'https://developer.mixpanel.com/reference/authentication#project-secret';
/** Recorded on the 403 of the Query API. */
const CHALLENGE = 'Basic realm="mixpanel-api", Bearer realm="mixpanel-api"';

function rejectWith(
  family: Family,
  request: SandboxRequest,
  status: number,
  error: string,
): AuthenticationResult {
  const reply = createErrorReply(family, request, status, error);
  const challenge: Record<string, string> =
    family === 'query' && status === 403 ? { 'www-authenticate': CHALLENGE } : {};
  return { rejection: { ...reply, headers: { ...reply.headers, ...challenge } } };
}

function isInOtherCluster(projectId: string, { region }: Directory): boolean {
  const home = OTHER_CLUSTER_PROJECTS.get(projectId);
  return home !== undefined && home !== region;
}

function canWrite(role: Role, resource: string | undefined): boolean {
  // Annotations are written by analysts too, schemas by owners and admins.
  return isAdmin(role) || (role === 'analyst' && resource === 'annotations');
}

function isAdmin(role: Role): boolean {
  return role === 'owner' || role === 'admin';
}

function findAccount(credentials: Credentials | undefined, directory: Directory): SandboxAccount | undefined {
  return directory.accounts.find(
    (each) =>
      each.username === credentials?.username && each.password === credentials.password && !each.expired,
  );
}

function findProject(
  projectId: string,
  account: SandboxAccount,
  directory: Directory,
): SandboxProject | undefined {
  return directory.projects.find((each) => each.id === projectId && isProjectMember(account, projectId));
}

/** Mixpanel takes the pair in base64 and in plain text. https://developer.mixpanel.com/reference/service-accounts */
function parseBasicAuth(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic\s+(.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const pair = encoded.includes(':') ? encoded : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
