import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';

/** A Tuesday evening in UTC, in the afternoon in US/Pacific. */
export const NOW = Date.UTC(2026, 10, 24, 21, 30);
export const SHOP = '1234567';
export const WEST = '2345678';
export const WEBSITE = '3456789';

/** An event as the export gives it, times in milliseconds. */
export interface ExportedEvent {
  event: string;
  properties: Record<string, unknown> & { time: number; distinct_id: string; $insert_id: string };
}

export interface SandboxAnswer<T = unknown> {
  status: number;
  headers: Headers;
  text: string;
  body: T;
}

export interface RequestOptions {
  params?: Record<string, unknown>;
  form?: Record<string, unknown>;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
}

/** A sandbox of moderate size at a fixed moment, and the ways in which the tests ask it. */
export async function startSandboxClient(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ events: 20_000, users: 800, days: 60, now: () => NOW, ...options });
  return {
    sandbox,
    close: () => sandbox.close(),
    get: <T>(path: string, params?: Record<string, unknown>) =>
      sendRequest<T>(sandbox, 'GET', path, { params }),
    post: <T>(path: string, requestOptions: RequestOptions = {}) =>
      sendRequest<T>(sandbox, 'POST', path, requestOptions),
    send: <T>(method: string, path: string, requestOptions: RequestOptions = {}) =>
      sendRequest<T>(sandbox, method, path, requestOptions),
    exported: (projectId = SHOP) => exportEvents(sandbox, projectId),
  };
}

export type SandboxClient = Awaited<ReturnType<typeof startSandboxClient>>;

async function sendRequest<T>(
  sandbox: Sandbox,
  method: string,
  path: string,
  { params, form, json, text: body, headers }: RequestOptions,
): Promise<SandboxAnswer<T>> {
  const url = new URL(path, sandbox.url);
  for (const [name, value] of Object.entries({ project_id: SHOP, ...params }))
    url.searchParams.set(name, toText(value));
  const [account] = sandbox.accounts;
  const basic = Buffer.from(`${account?.username}:${account?.password}`).toString('base64');
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Basic ${basic}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: form
      ? new URLSearchParams(
          Object.entries(form).map(([name, value]): [string, string] => [name, toText(value)]),
        )
      : json === undefined
        ? body
        : JSON.stringify(json),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : text) as T,
  };
}

/** Every event of a project, each once: what went in twice is told by event, user, time and insert id. */
async function exportEvents(sandbox: Sandbox, projectId: string): Promise<ExportedEvent[]> {
  const { text } = await sendRequest<string>(sandbox, 'GET', '/api/2.0/export', {
    params: { project_id: projectId, from_date: '2026-01-01', to_date: '2026-11-24', time_in_ms: true },
  });
  const seen = new Set<string>();
  const events: ExportedEvent[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const event = JSON.parse(line) as ExportedEvent;
    const { distinct_id, time, $insert_id } = event.properties;
    const key = JSON.stringify([event.event, distinct_id, time, $insert_id]);
    if (!seen.has(key)) events.push(event);
    seen.add(key);
  }
  return events;
}

function toText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
