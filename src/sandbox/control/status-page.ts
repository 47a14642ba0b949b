import { html } from 'hono/html';
import type { Region } from '../../mixpanel/regions.js';
import { formatUtc } from '../../time/utc.js';
import type { QuotaStatus } from '../access/meter.js';
import type { Quotas } from '../access/quotas.js';
import type { SandboxAccount } from '../data/accounts.js';
import type { SandboxProject } from '../data/dataset/project.js';
import type { LoggedRequest } from './request-log.js';

/** The data of the status page. */
export interface StatusPageData {
  /** Where the sandbox listens, without a trailing slash. */
  url: string;
  /** The region the sandbox stands for; absent if it stands for all. */
  region?: Region;
  projects: readonly SandboxProject[];
  /** Their passwords are shown: they are valid in this sandbox only. */
  accounts: readonly SandboxAccount[];
  /** Number of days, ending now, that `countEvents` covers. */
  eventDays: number;
  /** Returns the names and counts of a project's events, most frequent first. */
  countEvents(projectId: string): readonly { name: string; count: number }[];
  quotas: Quotas;
  /** Oldest first. */
  requests: readonly LoggedRequest[];
}

const MAX_REQUESTS_SHOWN = 25;
const MAX_EVENTS_SHOWN = 30;

/** Renders the page at `/`: one file without scripts and without requests to other hosts. */
export async function renderStatusPage(data: StatusPageData): Promise<string> {
  const { url, region, projects, accounts, eventDays, requests } = data;
  const [project] = projects;
  const [account] = accounts;
  const example =
    project && account
      ? `curl -u '${account.username}:${account.password}' '${url}/api/query/events/names?project_id=${project.id}&type=general&limit=5'`
      : '';
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mixpanel sandbox</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Mixpanel sandbox</h1>
<p>A local Mixpanel at <code>${url}</code>${region ? ` for the region ${region}` : ''}: the same paths, answers
and quotas. Nothing is sent to Mixpanel.</p>
<pre><code>${example}</code></pre>

<h2>Projects</h2>
<div class="wide" tabindex="0" role="region" aria-label="Projects"><table>
<thead><tr><th scope="col">Project ID</th><th scope="col">Name</th><th scope="col">Organization</th><th scope="col">Time zone</th>
<th scope="col">Token</th><th scope="col">Events, ${eventDays} days</th><th scope="col">Queries left</th><th scope="col">Exports left</th></tr></thead>
<tbody>${projects.map((each) => renderProjectRow(each, data))}</tbody>
</table></div>

<h2>Accounts</h2>
<div class="wide" tabindex="0" role="region" aria-label="Accounts"><table>
<thead><tr><th scope="col">Username</th><th scope="col">Password</th><th scope="col">Role</th><th scope="col">What it is for</th></tr></thead>
<tbody>${accounts.map(
    (
      each,
    ) => html`<tr><th scope="row"><code>${each.username}</code></th><td><code>${each.password}</code></td>
<td>${each.role}</td><td>${each.summary}</td></tr>`,
  )}</tbody>
</table></div>

<h2>Events of the last ${eventDays} days</h2>
${projects.map((each) => renderEventList(each, data))}

<h2>Last requests</h2>
${requests.length === 0 ? html`<p>No requests yet.</p>` : renderRequestTable(requests)}

<h2>Control</h2>
<ul>
<li><a href="/_sandbox/health">/_sandbox/health</a>: whether it runs, and its clock</li>
<li><a href="/_sandbox/requests">/_sandbox/requests</a>: the recent requests; <code>DELETE</code> clears them</li>
<li><a href="/_sandbox/quota">/_sandbox/quota</a>: the quota left; <code>POST</code> <code>{"project": "…", "used": 60}</code> uses it up</li>
<li><a href="/_sandbox/faults">/_sandbox/faults</a>: the injected faults; <code>POST</code>
<code>{"path": "/api/query/events", "kind": "status", "status": 503, "times": 2}</code>, <code>DELETE</code> removes them;
<a href="/_sandbox/faults/schema">all kinds</a></li>
<li><a href="/_sandbox/clock">/_sandbox/clock</a>: <code>POST</code> <code>{"advanceMs": 3600000}</code> advances it by an hour</li>
</ul>
</main>
</body>
</html>
`;
  return String(await page);
}

function renderProjectRow(
  { id, name, organizationName, timezone, token }: SandboxProject,
  data: StatusPageData,
) {
  const { query, export: exports } = data.quotas.status(id);
  const formatLeft = (status: QuotaStatus) =>
    data.quotas.enabled ? `${status.left} of ${status.limit}` : 'no limit';
  const events = data.countEvents(id).reduce((sum, { count }) => sum + count, 0);
  return html`<tr><th scope="row"><code>${id}</code></th><td>${name}</td><td>${organizationName}</td><td>${timezone}</td>
<td><code>${token}</code></td><td class="number">${events.toLocaleString('en')}</td>
<td class="number">${formatLeft(query)}</td><td class="number">${formatLeft(exports)}</td></tr>`;
}

function renderEventList({ id, name }: SandboxProject, { countEvents }: StatusPageData) {
  const events = countEvents(id);
  const more = events.length - MAX_EVENTS_SHOWN;
  return html`<details><summary>${name} (${events.length} names)</summary>
<ul class="columns">${events
    .slice(0, MAX_EVENTS_SHOWN)
    .map((each) => html`<li>${each.name} <span class="count">${each.count.toLocaleString('en')}</span></li>`)}
${more > 0 ? html`<li>and ${more} more</li>` : ''}</ul></details>`;
}

function renderRequestTable(requests: readonly LoggedRequest[]) {
  return html`<div class="wide" tabindex="0" role="region" aria-label="Last requests"><table>
<thead><tr><th scope="col">Time (UTC)</th><th scope="col">Request</th><th scope="col">Account</th><th scope="col">Project</th>
<th scope="col">Status</th><th scope="col">Bytes</th><th scope="col">Quota</th></tr></thead>
<tbody>${requests
    .slice(-MAX_REQUESTS_SHOWN)
    .reverse()
    .map(
      (each) => html`<tr><td><time>${formatUtc(each.at, 'HH:mm:ss')}</time></td>
<th scope="row"><code>${each.method} ${each.path}</code></th><td>${each.account ?? ''}</td><td>${each.project ?? ''}</td>
<td>${each.status === undefined ? 'in progress' : each.status || 'reset'}${each.fault ? ` (${each.fault})` : ''}</td><td class="number">${each.bytes.toLocaleString('en')}</td>
<td>${each.charged ? 'one' : ''}</td></tr>`,
    )}</tbody>
</table></div>`;
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d5dc, #3c3c46); --soft: light-dark(#f4f4f7, #22222a); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: light-dark(#1c1c22, #eeeef2); background: light-dark(#fff, #17171c); }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.75rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; }
pre { padding: 0.75rem 1rem; overflow-x: auto; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); font-weight: 400; vertical-align: top; }
thead th { font-weight: 600; white-space: nowrap; }
td code, tbody th code { white-space: nowrap; }
.number { font-variant-numeric: tabular-nums; }
.count { opacity: 0.75; }
.columns { columns: 16rem; }
summary { cursor: pointer; padding: 0.25rem 0; }
a { color: light-dark(#4f32c8, #b8a8ff); }
`;
