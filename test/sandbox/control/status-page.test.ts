import { describe, expect, it } from 'vitest';
import { createQuotas } from '../../../src/sandbox/access/quotas.js';
import {
  createRequestLog,
  type LoggedRequest,
  type ReceivedRequest,
} from '../../../src/sandbox/control/request-log.js';
import { renderStatusPage, type StatusPageData } from '../../../src/sandbox/control/status-page.js';
import { listAccounts } from '../../../src/sandbox/data/accounts.js';
import { createRequest, PROJECTS } from '../requests.js';

describe('the page', () => {
  it('names the projects, the accounts with their passwords, and a call to try', async () => {
    const page = await render();
    for (const { id, name, timezone } of PROJECTS) {
      for (const text of [id, name, timezone]) expect(page).toContain(text);
    }
    for (const { username } of listAccounts()) expect(page).toContain(username);
    expect(page).toContain(
      'curl -u &#39;sandbox.demo.mp-service-account:sandbox&#39; &#39;http://127.0.0.1:8788/api/query/events/names?project_id=1234567&amp;',
    );
  });

  it('shows the events, the quota left and the last requests, newest first', async () => {
    const quotas = createQuotas({ now: () => 0 });
    quotas.admit(createRequest({ project: PROJECTS[0] }), 'query');
    const page = await render({
      quotas,
      requests: [
        createLoggedRequest({ path: '/api/query/funnels' }),
        createLoggedRequest({ path: '/api/2.0/export', fault: 'reset', status: 0 }),
      ],
    });
    expect(page).toContain('Sign up <span class="count">1,234</span>');
    expect(page).toContain('59 of 60');
    expect(page).toContain('60 of 60');
    expect(page).toContain('reset (reset)');
    expect(page.indexOf('/api/2.0/export')).toBeLessThan(page.indexOf('/api/query/funnels'));
  });

  it('says that there is no limit where the quotas are off', async () => {
    const page = await render({ quotas: createQuotas({ enabled: false, now: () => 0 }) });
    expect(page).toContain('no limit');
    expect(page).not.toContain('of 60');
  });

  it('shows names as text, whatever is in them', async () => {
    const page = await render({
      countEvents: () => [{ name: '<script>alert(1)</script>', count: 1 }],
      requests: [createLoggedRequest({ path: '/"><img src=x>', account: '<b>' })],
    });
    expect(page).not.toMatch(/<script|<img|<b>/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('needs no other host and no script', async () => {
    const page = await render();
    const links = [...page.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !link?.startsWith('/'))).toEqual([]);
    expect(page).not.toMatch(/<script|@import|url\(/);
  });

  it('says which cluster it plays', async () => {
    expect(await render({ region: 'EU' })).toContain('for the region EU');
    expect(await render()).not.toContain('cluster: same');
  });
});

describe('the log', () => {
  it('keeps the last requests and counts all of them', () => {
    const log = createRequestLog(3);
    for (let call = 1; call <= 10; call += 1) log.add(createReceivedRequest({ path: `/${call}` }));
    expect(log.list().map(({ id, path }) => `${id} ${path}`)).toEqual(['8 /8', '9 /9', '10 /10']);
    log.clear();
    log.add(createReceivedRequest({ path: '/11' }));
    expect(log.list().map(({ id }) => id)).toEqual([11]);
  });

  it('learns the end of a request after its beginning, and keeps their order of arrival', () => {
    const log = createRequestLog();
    const first = log.add(createReceivedRequest({ path: '/slow' }));
    log.add(createReceivedRequest({ path: '/quick' }))({ status: 200, complete: true });
    expect(log.list()).toMatchObject([
      { path: '/slow', complete: false },
      { path: '/quick', status: 200 },
    ]);
    expect(log.list()[0]).not.toHaveProperty('status');
    first({ status: 503, charged: true });
    expect(log.list()[0]).toMatchObject({ path: '/slow', status: 503, charged: true });
  });

  it('shortens long parameters', () => {
    const log = createRequestLog();
    log.add(createReceivedRequest({ params: { where: 'x'.repeat(10_000), event: ['a'], page: 1 } }));
    const [{ params }] = log.list() as [LoggedRequest];
    expect(params).toMatchObject({ event: ['a'], page: 1 });
    expect(params.where).toMatch(/^x{4096}… \(10000 characters\)$/);
  });
});

function render(data: Partial<StatusPageData> = {}): Promise<string> {
  return renderStatusPage({
    url: 'http://127.0.0.1:8788',
    projects: PROJECTS,
    accounts: listAccounts(),
    eventDays: 31,
    countEvents: () => [{ name: 'Sign up', count: 1234 }],
    quotas: createQuotas({ now: () => 0 }),
    requests: [],
    ...data,
  });
}

function createReceivedRequest(part: Partial<ReceivedRequest>): ReceivedRequest {
  return { at: 0, method: 'GET', path: '/api/query/events', params: {}, ...part };
}

function createLoggedRequest(part: Partial<LoggedRequest>): LoggedRequest {
  return {
    id: 0,
    at: Date.UTC(2026, 4, 20),
    method: 'GET',
    path: '/api/query/events',
    params: {},
    status: 200,
    bytes: 100,
    charged: true,
    complete: true,
    ...part,
  };
}
