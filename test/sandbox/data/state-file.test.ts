import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openStateFile, readEvents } from '../../../src/sandbox/data/state-file.js';
import { readLines } from '../../../src/sandbox/records/lines.js';
import type { Write } from '../../../src/sandbox/records/write.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-state-'));
  file = join(folder, 'state.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the state file', () => {
  it('gives back after a restart what was written, in order', async () => {
    const writes = [event('Buy'), profile('u1'), event('a\u2028b\nc "ü"')];
    await withState((state) => {
      expect(state.writes).toEqual([]);
      state.append(writes.slice(0, 1));
      state.append(writes.slice(1));
    });
    await withState((state) => state.append([event('later')]));
    expect(await reopenWrites()).toEqual([...writes, event('later')]);
  });

  it('has a write on file before append returns: killing the sandbox loses nothing', async () => {
    const state = await openStateFile(file);
    state.append([event('Buy')]);
    expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(event('Buy'))}\n`);
    state.close();
  });

  it('forgets a last line that was torn, and writes on after it', async () => {
    await withState((state) => state.append([event('Buy')]));
    appendFileSync(file, JSON.stringify(event('torn ü')).slice(0, 20));
    await withState((state) => {
      expect(state.writes).toEqual([event('Buy')]);
      state.append([event('next')]);
    });
    expect(await reopenWrites()).toEqual([event('Buy'), event('next')]);
  });

  it('survives being cut at any byte, losing at most the line that was cut', async () => {
    const writes = [event('eins ü'), profile('zwei'), event('drei')];
    const whole = Buffer.from(writes.map((write) => `${JSON.stringify(write)}\n`).join(''));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.byteLength }), async (length) => {
        writeFileSync(file, whole.subarray(0, length));
        const complete = whole.subarray(0, length).toString('latin1').split('\n').length - 1;
        expect(await reopenWrites()).toEqual(writes.slice(0, complete));
      }),
      { numRuns: 50 },
    );
  });

  it('that is something else is refused, not overwritten', async () => {
    for (const content of [
      'secret without a newline',
      '{"password":"x"}',
      'not json\n',
      '{"event":"Buy"}\n',
      `${JSON.stringify(event('Buy'))}\n[]\n`,
    ]) {
      writeFileSync(file, content);
      await expect(openStateFile(file)).rejects.toThrow(/state\.ndjson, line \d is not a write of a sandbox/);
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
  });
});

test('a state file cut at any byte opens with every whole line, and says how much was dropped', async () => {
  const writes: Write[] = [
    event('Buy ü'),
    profile('u1'),
    { kind: 'annotation-tag', projectId: '1', tag: { id: 9, name: 'é' } },
    { kind: 'schema-deleted', projectId: '1', entityType: 'event', name: 'x' },
  ];
  await withState((state) => state.append(writes));
  const whole = readFileSync(file);
  const ends = writes.map((_, index) =>
    Buffer.byteLength(
      writes
        .slice(0, index + 1)
        .map((write) => `${JSON.stringify(write)}\n`)
        .join(''),
    ),
  );
  for (let length = 0; length <= whole.byteLength; length += 1) {
    writeFileSync(file, whole.subarray(0, length));
    const { writes: read, droppedBytes, close } = await openStateFile(file);
    close();
    const expected = ends.filter((end) => end <= length);
    expect(read).toEqual(writes.slice(0, expected.length));
    expect(droppedBytes).toBe(length - (expected.at(-1) ?? 0));
  }
});

test('a state file damaged anywhere opens or says which line is wrong', async () => {
  const bytes = Buffer.from(
    [event('Buy'), profile('u1')].map((write) => `${JSON.stringify(write)}\n`).join(''),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.byteLength - 1), fc.nat(255), async (at, byte) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = byte;
      writeFileSync(file, damaged);
      try {
        (await openStateFile(file)).close();
      } catch (error) {
        expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(/line \d/) });
      }
    }),
    { numRuns: 200 },
  );
});

describe('a file of events', () => {
  it('is read in the export format, times in seconds or milliseconds', async () => {
    writeFileSync(
      file,
      '{"event":"Buy","properties":{"time":1600000000,"__proto__":"p"}}\n\n{"event":"Leave","properties":{"time":1600000000123}}',
    );
    const events = await collect(readEvents(file));
    expect(events.map(({ event: name, properties }) => [name, properties.time])).toEqual([
      ['Buy', 1_600_000_000_000],
      ['Leave', 1_600_000_000_123],
    ]);
    expect(Object.keys(events[0]!.properties)).toContain('__proto__');
  });

  it.each([
    ['no json', 'is not an event'],
    ['{"event":"Buy"}', 'is not an event'],
    ['{"event":"Buy","properties":{"time":"yesterday"}}', 'has no time'],
  ])('with %s in it says which line and what is wrong', async (line, words) => {
    writeFileSync(file, `{"event":"Buy","properties":{"time":1}}\n${line}\n`);
    await expect(collect(readEvents(file))).rejects.toThrow(`${file}, line 2 ${words}`);
  });

  it('that is not there is an error', async () => {
    await expect(collect(readEvents(join(folder, 'nowhere')))).rejects.toThrow(/ENOENT/);
  });
});

describe('lines', () => {
  it('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'ü', '\u2028', '\r', '\n', '😀'), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (characters, size) => {
          const text = characters.join('');
          const lines = await collect(readLines(cut(Buffer.from(text), size)));
          expect(lines.map((line) => line.text + (line.complete ? '\n' : '')).join('')).toBe(text);
          expect(lines.some((line) => line.text.includes('\n'))).toBe(false);
        },
      ),
    );
  });
});

function event(name: string): Write {
  return {
    kind: 'event',
    projectId: '1',
    event: { event: name, properties: { time: 5, distinct_id: 'u1' } },
  };
}

function profile(id: string): Write {
  return {
    kind: 'profile',
    projectId: '1',
    at: 7,
    update: { $token: 't', $distinct_id: id, $set: { a: [1] } },
  };
}

async function withState(use: (state: Awaited<ReturnType<typeof openStateFile>>) => void): Promise<void> {
  const state = await openStateFile(file);
  use(state);
  state.close();
}

async function reopenWrites(): Promise<readonly Write[]> {
  const state = await openStateFile(file);
  state.close();
  return state.writes;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}
