import { afterEach, describe, expect, it } from 'vitest';
import { toEventRow } from '../../src/commands/rows/event-row.js';
import { createPlugin } from '../../src/plugin.js';
import { randomFrom, SOCKET_SEEDS } from '../seeds.js';
import { DATASOURCE, FAST_UNLIMITED, type StubServer, startStubServer } from './stub-server.js';

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'];

let stubServer: StubServer | undefined;
afterEach(async () => {
  await stubServer?.close();
  stubServer = undefined;
});

/** Events of four days; every tenth twice as Mixpanel took it in twice, every fifteenth without an `$insert_id`. */
function events(count: number): { day: string; line: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const day = DAYS[Math.floor(index / 20) % DAYS.length]!;
    const time = Date.parse(day) / 1000 + Math.floor(index / 20);
    const same = index % 10 === 0 ? index - (index % 20) : index;
    const id = index % 15 === 0 ? {} : { $insert_id: `id-${same}`, mp_processing_time_ms: 1.7e12 + index };
    return {
      day,
      line: JSON.stringify({
        event: 'Play',
        properties: { time, distinct_id: 'u', ...id, note: 'é'.repeat(index % 9) },
      }),
    };
  });
}

function linesWithin(all: { day: string; line: string }[], query: URLSearchParams): string[] {
  return all
    .filter(({ day }) => day >= query.get('from_date')! && day <= query.get('to_date')!)
    .map(({ line }) => line);
}

async function download(parameters: Record<string, unknown> = {}): Promise<string[]> {
  const plugin = createPlugin({ hosts: stubServer!.hosts, ...FAST_UNLIMITED });
  const dates = { fromDate: DAYS[0], toDate: DAYS.at(-1) };
  const texts: string[] = [];
  const stream = plugin.stream({
    datasource: DATASOURCE,
    command: 'DOWNLOAD_DATA',
    parameters: { ...dates, response: 'raw', ...parameters },
  });
  for await (const record of stream) texts.push(JSON.stringify(record));
  await plugin.close();
  return texts.sort();
}

/** The same download as lines, which go around the parser when they can. */
async function downloadLines(): Promise<string[]> {
  const plugin = createPlugin({ hosts: stubServer!.hosts, ...FAST_UNLIMITED });
  const parameters = { fromDate: DAYS[0], toDate: DAYS.at(-1) };
  const texts: string[] = [];
  for await (const { bytes, rows } of plugin
    .stream({ datasource: DATASOURCE, command: 'DOWNLOAD_DATA', parameters })
    .lines()) {
    const lines = bytes.toString().split('\n').slice(0, -1);
    expect(lines).toHaveLength(rows);
    texts.push(...lines);
  }
  await plugin.close();
  return texts.sort();
}

function rowOf(line: string): string {
  return JSON.stringify(toEventRow(JSON.parse(line)));
}

describe('whatever the order of the records', () => {
  it(`an export cut and shuffled anew at each attempt arrives once each, for ${SOCKET_SEEDS} seeds`, async () => {
    const all = events(240);
    let cutsLeft = 0;
    let random = randomFrom(0);
    stubServer = await startStubServer(({ query }, response) => {
      const lines = shuffle(linesWithin(all, query), random);
      cutsLeft -= 1;
      if (cutsLeft < 0) return response.end(lines.map((line) => `${line}\n`).join(''));
      const shown = lines.slice(0, Math.floor(random() * lines.length));
      response.write(shown.map((line) => `${line}\n`).join(''));
      response.end('terminated early');
    });
    for (let seed = 1; seed <= SOCKET_SEEDS; seed += 1) {
      random = randomFrom(seed);
      cutsLeft = 1 + Math.floor(random() * 4);
      expect(await download(), `seed ${seed}`).toEqual(all.map(({ line }) => line).sort());
      random = randomFrom(seed);
      cutsLeft = 1 + Math.floor(random() * 4);
      expect(await downloadLines(), `seed ${seed}`).toEqual(all.map(({ line }) => rowOf(line)).sort());
    }
  });

  it('a record that arrives at Mixpanel between two attempts is delivered, once', async () => {
    const all = events(60);
    const late = {
      day: DAYS[1]!,
      line: JSON.stringify({ event: 'Late', properties: { time: 1, distinct_id: 'v' } }),
    };
    let attempts = 0;
    stubServer = await startStubServer(({ query }, response) => {
      attempts += 1;
      if (attempts > 1) return response.end(linesWithin([late, ...all], query).join('\n'));
      response.end(`${linesWithin(all, query).slice(0, 30).join('\n')}\nterminated early`);
    });
    expect(await download()).toEqual([late, ...all].map(({ line }) => line).sort());
  });

  it('a query that keeps failing as a whole is halved until its days get through', async () => {
    const all = events(120);
    const asked: string[] = [];
    stubServer = await startStubServer(({ query }, response) => {
      const [from, to] = [query.get('from_date')!, query.get('to_date')!];
      asked.push(`${from.slice(-2)}-${to.slice(-2)}`);
      const lines = linesWithin(all, query);
      if (from === to) return response.end(lines.join('\n'));
      response.end(`${lines.slice(0, 10).join('\n')}\nterminated early`);
    });
    expect(await download()).toEqual(all.map(({ line }) => line).sort());
    expect(asked).toEqual(['01-04', '01-02', '01-01', '02-02', '03-04', '03-03', '04-04']);
  });

  it('records that say the same come once where asked, and all otherwise', async () => {
    const all = events(100);
    const keys = new Set(
      all.map(({ line }) => {
        const { event, properties } = JSON.parse(line);
        return JSON.stringify([event, properties.distinct_id, properties.time, properties.$insert_id]);
      }),
    );
    stubServer = await startStubServer(({ query }, response) =>
      response.end(linesWithin(all, query).join('\n')),
    );
    expect(await download()).toHaveLength(100);
    expect(await download({ dedupe: 'yes' })).toHaveLength(keys.size);
    expect(keys.size).toBeLessThan(100);
  });

  it('with a limit no more than that many come, cut or not', async () => {
    const all = events(100);
    let attempts = 0;
    stubServer = await startStubServer(({ query }, response) => {
      const lines = linesWithin(all, query).slice(0, Number(query.get('limit')));
      attempts += 1;
      if (attempts > 1) return response.end(lines.join('\n'));
      response.end(`${lines.slice(0, 20).join('\n')}\nterminated early`);
    });
    const got = await download({ limit: 50 });
    expect(got).toHaveLength(50);
    expect(got).toEqual(
      linesWithin(all, new URLSearchParams({ from_date: DAYS[0]!, to_date: DAYS[3]! }))
        .slice(0, 50)
        .sort(),
    );
  });
});

function shuffle<T>(items: T[], random: () => number): T[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}
