import { describe, expect, it } from 'vitest';
import type { Family } from '../../../src/mixpanel/regions.js';
import { authenticate, type Directory, projectSecret } from '../../../src/sandbox/access/authentication.js';
import { listAccounts } from '../../../src/sandbox/data/accounts.js';
import type { SandboxRequest } from '../../../src/sandbox/endpoint/definition.js';
import { basicAuth, createRequest, PROJECTS } from '../requests.js';

const directory: Directory = { accounts: listAccounts(), projects: PROJECTS };
const SHOP = '1234567';
const WEST = '2345678';
const NOT_A_SECRET =
  'Unauthorized, invalid project secret. See docs for more information: ' +
  'https://developer.mixpanel.com/reference/authentication#project-secret';

describe('a service account', () => {
  it('is let in with base64 and with plain text, as Mixpanel documents', () => {
    const username = toUsername('sandbox');
    for (const authorization of [basicAuth(username, 'sandbox'), `Basic ${username}:sandbox`]) {
      const outcome = runAuthentication('query', {
        headers: { authorization },
        params: { project_id: SHOP },
      });
      expect(outcome).toMatchObject({ username, project: SHOP });
    }
  });

  it('may send its project_id as a number in a JSON body', () => {
    expect(
      runAuthentication('query', { ...accountHeaders('sandbox'), params: { project_id: 1234567 } }),
    ).toMatchObject({
      project: SHOP,
    });
  });

  it('that is wrong, expired or absent is refused in the words of each family', () => {
    const wrong: Partial<SandboxRequest>[] = [
      { headers: { authorization: basicAuth(toUsername('sandbox'), 'guess') } },
      { headers: { authorization: basicAuth('nobody.demo.mp-service-account', 'sandbox') } },
      { headers: {} },
      accountHeaders('expired'),
    ];
    for (const part of wrong) {
      const params = { project_id: SHOP };
      expect(runAuthentication('query', { ...part, params })).toEqual({
        status: 400,
        body: { request: '/api/query/events', error: 'Unable to authenticate request' },
      });
      expect(runAuthentication('export', { ...part, path: '/api/2.0/export', params })).toEqual({
        status: 400,
        // NangoHQ/integration-templates integrations/mixpanel/tests/events.test.json, July 2026
        body: 'Unable to authenticate request\n',
      });
      expect(runAuthentication('app', { ...part, path: '/api/app/me' })).toEqual({
        status: 401,
        body: { status: 'error', error: 'Invalid service account credentials' },
      });
    }
  });

  it('that sees one project is refused the other with 403', () => {
    expect(
      runAuthentication('query', { ...accountHeaders('analyst'), params: { project_id: SHOP } }),
    ).toMatchObject({ project: SHOP });
    // The first and the last as recorded in July 2026: NangoHQ/integration-templates, query-profile-activity and
    // lexicon-schemas. That the export says the same is a guess.
    for (const [family, path, body] of [
      [
        'query',
        '/api/query/events',
        { request: '/api/query/events', error: 'User is not a member of this project' },
      ],
      ['export', '/api/2.0/export', 'User is not a member of this project\n'],
      [
        'app',
        `/api/app/projects/${WEST}/annotations`,
        { status: 'error', error: `User 43 is not a member of project ${WEST}.` },
      ],
    ] as const) {
      expect(
        runAuthentication(family, { ...accountHeaders('analyst'), path, params: { project_id: WEST } }),
      ).toEqual({ status: 403, body });
    }
  });

  it('is challenged when it is no member, on the Query API', () => {
    const request = createRequest({ ...accountHeaders('analyst'), params: { project_id: WEST } });
    expect(authenticate(request, 'query', directory)).toMatchObject({
      rejection: {
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'www-authenticate': 'Basic realm="mixpanel-api", Bearer realm="mixpanel-api"',
        },
      },
    });
  });

  it.each(['query', 'export'] as const)(
    'learns on the %s API that a project is of another cluster',
    (family) => {
      const inEurope = { ...accountHeaders('sandbox'), params: { project_id: '4567890' } };
      for (const region of [undefined, 'US', 'IN'] as const) {
        const outcome = runAuthentication(family, inEurope, { ...directory, region });
        expect(outcome.status).toBe(400);
        expect(JSON.stringify(outcome.body)).toContain('invalid project id for cluster');
      }
      expect(runAuthentication(family, inEurope, { ...directory, region: 'EU' })).toMatchObject({
        status: 403,
      });
    },
  );

  it('needs a project_id for queries, but not for /api/app/me', () => {
    expect(runAuthentication('query', accountHeaders('sandbox'))).toMatchObject({ status: 400 });
    expect(runAuthentication('app', { ...accountHeaders('sandbox'), path: '/api/app/me' })).toMatchObject({
      username: toUsername('sandbox'),
    });
  });

  it('on a plan without the Query API gets 402 there, and its export', () => {
    const params = { project_id: SHOP };
    expect(runAuthentication('query', { ...accountHeaders('free'), params })).toEqual({
      status: 402,
      body: { error: 'Your plan does not allow API calls. Upgrade at mixpanel.com/pricing' },
    });
    expect(
      runAuthentication('export', { ...accountHeaders('free'), path: '/api/2.0/export', params }),
    ).toMatchObject({
      project: SHOP,
    });
  });

  it('of another region is as unknown as an invented one', () => {
    const eu: Directory = { ...directory, accounts: listAccounts('EU') };
    const call = { path: '/api/app/me' };
    expect(runAuthentication('app', { ...call, ...accountHeaders('sandbox') }, eu)).toMatchObject({
      status: 401,
    });
    expect(runAuthentication('app', { ...call, ...accountHeaders('sandbox-eu') }, eu)).toMatchObject({
      username: toUsername('sandbox-eu'),
    });
    expect(runAuthentication('app', { ...call, ...accountHeaders('sandbox-eu') })).toMatchObject({
      username: toUsername('sandbox-eu'),
    });
  });

  it.each([
    ['sandbox', 'annotations', true],
    ['analyst', 'annotations', true],
    ['consumer', 'annotations', false],
    ['sandbox', 'schemas', true],
    ['analyst', 'schemas', false],
  ])('%s writing %s: %s', (name, resource, allowed) => {
    const path = `/api/app/projects/${SHOP}/${resource}`;
    expect(runAuthentication('app', { ...accountHeaders(name), method: 'GET', path })).toMatchObject({
      project: SHOP,
    });
    const written = runAuthentication('app', { ...accountHeaders(name), method: 'POST', path });
    expect(written).toMatchObject(allowed ? { project: SHOP } : { status: 403, body: { status: 'error' } });
  });
});

describe('/import', () => {
  const path = '/import';
  const params = { project_id: SHOP };

  it('takes an owner, a project token and a project secret', () => {
    const [shop] = PROJECTS;
    expect(runAuthentication('ingestion', { ...accountHeaders('sandbox'), path, params })).toMatchObject({
      project: SHOP,
    });
    for (const username of [shop!.token, projectSecret(shop!)]) {
      const headers = { authorization: basicAuth(username, '') };
      expect(runAuthentication('ingestion', { headers, path })).toMatchObject({ project: SHOP });
      expect(runAuthentication('ingestion', { headers, path, params: { project_id: WEST } })).toMatchObject({
        status: 400,
        body: { error: 'Credentials in request did not match project_id URL parameter' },
      });
    }
  });

  it.each([
    ['an unknown username', basicAuth('nobody', 'x'), params, 'Not a valid service account username'],
    ['a wrong secret', basicAuth(toUsername('sandbox'), 'x'), params, 'Invalid credentials'],
    ['no credentials', undefined, params, 'Invalid credentials'],
    ['no project_id', basicAuth(toUsername('sandbox'), 'sandbox'), {}, NOT_A_SECRET],
    ['an unknown project secret', basicAuth('secret', ''), {}, NOT_A_SECRET],
  ])('refuses %s with 401', (_, authorization, given, error) => {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    expect(runAuthentication('ingestion', { headers, path, params: given })).toEqual({
      status: 401,
      body: { code: 401, error, status: 'Unauthorized' },
    });
  });

  it('refuses who is no member and who is no owner or admin, never with 403', () => {
    const stranger = runAuthentication('ingestion', {
      ...accountHeaders('analyst'),
      path,
      params: { project_id: WEST },
    });
    expect(stranger).toMatchObject({
      status: 401,
      body: { error: expect.stringContaining('not a project member') },
    });
    expect(runAuthentication('ingestion', { ...accountHeaders('analyst'), path, params })).toMatchObject({
      status: 401,
    });
  });
});

it('asks no credentials of /track, /engage and /groups', () => {
  for (const path of ['/track', '/engage', '/groups'])
    expect(runAuthentication('ingestion', { path })).toEqual({});
});

it('knows a project secret on queries, without a project_id or with the right one', () => {
  const headers = { authorization: basicAuth(projectSecret(PROJECTS[0]!), '') };
  expect(runAuthentication('query', { headers })).toEqual({ project: SHOP });
  expect(runAuthentication('query', { headers, params: { project_id: SHOP } })).toEqual({ project: SHOP });
  expect(runAuthentication('query', { headers, params: { project_id: WEST } })).toMatchObject({
    status: 400,
  });
});

/** The account and project, or what the rejection says. */
function runAuthentication(family: Family, part: Partial<SandboxRequest>, from = directory) {
  const outcome = authenticate(createRequest(part), family, from);
  if ('rejection' in outcome) {
    const { status, headers, body } = outcome.rejection;
    const isJson = headers?.['content-type']?.startsWith('application/json');
    return { status, body: isJson ? JSON.parse(String(body)) : body };
  }
  const { account, project } = outcome.identity;
  return {
    ...(account ? { username: account.username } : {}),
    ...(project ? { project: project.id } : {}),
  };
}

function accountHeaders(name: string): Partial<SandboxRequest> {
  return { headers: { authorization: basicAuth(toUsername(name), 'sandbox') } };
}

function toUsername(name: string): string {
  return `${name}.demo.mp-service-account`;
}
