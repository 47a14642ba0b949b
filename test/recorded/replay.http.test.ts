import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlugin } from '../../src/plugin.js';
import { bodyOf, type Recording, readRecordings } from './recording.js';

interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
}

const recordings = readRecordings();
const asked: Asked[] = [];
let answering: Recording;
let mixpanel: Server;
let base: string;

beforeAll(async () => {
  mixpanel = createServer((request, response) => {
    request.resume().on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      asked.push({
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
      });
      const { status, type, headers } = answering.response;
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(bodyOf(answering));
    });
  });
  await new Promise<void>((resolve) => mixpanel.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(mixpanel.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => mixpanel.close(resolve));
  const counts = new Map<string, number>();
  for (const { command } of recordings) counts.set(command, (counts.get(command) ?? 0) + 1);
  console.log(
    [`recordings: ${recordings.length}`, ...[...counts].map(([id, count]) => `  ${id}: ${count}`)].join('\n'),
  );
});

interface Replayed {
  ok: boolean;
  body: unknown;
  messages: readonly string[];
  code?: string;
}

async function replay(recording: Recording): Promise<Replayed> {
  answering = recording;
  asked.length = 0;
  const plugin = createPlugin({
    hosts: { query: base, app: base, export: base, ingestion: base },
    transfer: { retryPauseMs: 1 },
  });
  try {
    const result = await plugin.execute({
      datasource: {
        username: 'sa.test.mp-service-account',
        password: 'not-a-real-secret',
        region: 'US',
        projectId: '1234567',
        ...recording.datasource,
      },
      command: recording.command,
      parameters: recording.parameters,
      timeoutMs: 20_000,
    });
    return {
      ok: result.ok,
      body: result.ok ? result.body : result.error.message,
      messages: result.messages,
      code: result.ok ? undefined : result.error.code,
    };
  } finally {
    await plugin.close();
  }
}

describe('what Mixpanel really answers', () => {
  for (const recording of recordings) {
    test(recording.name, async () => {
      const { ok, body, messages, code } = await replay(recording);
      const { expect: wanted, request } = recording;
      const shown = `${code ?? ''} ${JSON.stringify(body)?.slice(0, 2000)} ${messages.join(' ')}`;
      expect(ok, shown).toBe(wanted.ok);
      if (wanted.code) expect(code, shown).toBe(wanted.code);
      if (wanted.says) expect(String(body)).toContain(wanted.says);
      // As text, so that the order of columns counts too.
      if (wanted.rows !== undefined)
        expect(JSON.stringify(body, null, 1)).toBe(JSON.stringify(wanted.rows, null, 1));
      const rows = Array.isArray(body) ? (body as Record<string, unknown>[]) : [];
      if (wanted.count !== undefined) expect(rows, shown).toHaveLength(wanted.count);
      for (const part of wanted.includes ?? []) expect(rows).toContainEqual(expect.objectContaining(part));
      for (const column of wanted.columns ?? [])
        for (const row of rows) expect(Object.keys(row)).toContain(column);
      for (const column of wanted.lacks ?? [])
        for (const row of rows) expect(Object.keys(row)).not.toContain(column);
      for (const cell of wanted.never ?? [])
        for (const row of rows) expect(Object.values(row)).not.toContain(cell);
      for (const pattern of wanted.messages ?? [])
        expect(messages).toContainEqual(expect.stringMatching(new RegExp(pattern)));
      if (wanted.quiet) expect(messages).toEqual([]);
      if (request) {
        const { query, ...rest } = request;
        expect(asked.at(-1)).toMatchObject({ ...rest, ...(query ? { query } : {}) });
      }
    });
  }

  test('at least three recordings of every command', () => {
    for (const { id } of createPlugin().commands) {
      const known = recordings.filter(({ command }) => command === id);
      expect(known.length, id).toBeGreaterThanOrEqual(3);
    }
  });
});
