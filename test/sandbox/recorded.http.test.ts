import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, type Recording, readRecordings } from '../recorded/recording.js';
import { compareShapes, shapeOf } from './answer-shape.js';
import { NOT_COMPARED, QUESTIONS, type SandboxQuestion } from './recorded-requests.js';
import { basicAuth } from './requests.js';
import { type SandboxClient, startSandboxClient } from './sandbox-client.js';

// The sandbox's answers beside recorded ones: same status, content type, keys, types, nesting and error words.
// `certainty: inferred` is our own guess and no judge.

const recordings = readRecordings();
const compared = recordings.filter((each) => each.certainty !== 'inferred' && questionOf(each) !== undefined);

let client: SandboxClient;
beforeAll(async () => {
  client = await startSandboxClient();
});
afterAll(async () => {
  const perCommand = new Map<string, number>();
  for (const { command } of recordings) perCommand.set(command, (perCommand.get(command) ?? 0) + 1);
  console.log(
    `Recordings: ${[...perCommand].map(([command, count]) => `${command} ${count}`).join(', ')}\n` +
      `Sandbox compared with ${compared.length} of ${recordings.length} recordings`,
  );
  await client.close();
});

describe('the sandbox answers like', () => {
  test.each(compared.map((each) => [each.name, each] as const))('%s', async (_, recording) => {
    const answer = await ask(questionOf(recording)!);
    const { status, type } = recording.response;
    expect(answer.status).toBe(status);
    expect(mediaType(answer.type)).toBe(mediaType(type));
    if (type.includes('charset')) expect(answer.type).toBe(type);
    const text = bodyOf(recording);
    if (mediaType(type) !== 'application/json') compareTexts(text, answer.text);
    else {
      // The whole answer of this command goes by names of properties.
      const root = recording.command === 'GET_TOP_EVENT_PROPERTIES' ? '/data' : '';
      const expected: unknown = JSON.parse(text);
      const actual: unknown = JSON.parse(answer.text);
      expect(compareShapes(shapeOf(expected, root), shapeOf(actual, root))).toEqual([]);
      expect(wordsOf(actual)).toEqual(wordsOf(expected));
    }
  });
});

test('every recording is compared, is a guess of ours, or says why not', () => {
  const unexplained = recordings.filter(
    ({ name, certainty, sandbox }) =>
      certainty !== 'inferred' && !QUESTIONS[name] && !NOT_COMPARED[name] && sandbox === undefined,
  );
  // A new recording need not know the sandbox: it is counted as not compared.
  if (unexplained.length > 0)
    console.log(`Not compared yet: ${unexplained.map(({ name }) => name).join(', ')}`);
  const known = new Set(recordings.map(({ name }) => name));
  expect(
    [...Object.keys(QUESTIONS), ...Object.keys(NOT_COMPARED)].filter((name) => !known.has(name)),
  ).toEqual([]);
  expect(compared.length).toBeGreaterThan(50);
});

test.each([
  ['a missing key', { a: 1, b: 2 }, { a: 1 }, ['/b: missing']],
  ['another type', { a: 1 }, { a: '1' }, ['/a: number expected, string given']],
  [
    'a level too few',
    { series: { X: { all: 1 } } },
    { series: { X: 1 } },
    ['/series/(name): object expected, number given'],
  ],
  [
    'another time level',
    { series: { X: { all: 1 } } },
    { series: { X: { '2026-01-01T00:00:00+00:00': 1 } } },
    ['/series/(name)/all: missing'],
  ],
  ['no envelope', { results: [{ id: 1 }] }, [{ id: 1 }], ['/: object expected, array given']],
  ['nothing', { series: { X: { all: 1 } } }, { series: { Y: { all: 7 } }, more: 1 }, []],
])('the comparison finds %s', (_, expected, actual, differences) => {
  expect(compareShapes(shapeOf(expected), shapeOf(actual))).toEqual(differences);
});

function questionOf({ name, sandbox }: Recording): SandboxQuestion | undefined {
  if (sandbox && 'differs' in sandbox) return undefined;
  return sandbox?.request ?? QUESTIONS[name];
}

async function ask({ method = 'GET', path, query, body, account = 'sandbox' }: SandboxQuestion) {
  const url = new URL(path, client.sandbox.url);
  for (const [name, value] of Object.entries({ project_id: '1234567', ...query })) {
    url.searchParams.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  const response = await fetch(url, {
    method,
    headers: { authorization: basicAuth(`${account}.demo.mp-service-account`, 'sandbox') },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

function mediaType(type: string): string {
  return type.split(';')[0]!.trim();
}

/** Lines of JSON by shape, everything else by its words. */
function compareTexts(expected: string, actual: string): void {
  if (expected.startsWith('{')) {
    const shapeOfLines = (text: string) =>
      shapeOf(
        text
          .trimEnd()
          .split('\n')
          .map((line): unknown => JSON.parse(line)),
      );
    expect(compareShapes(shapeOfLines(expected), shapeOfLines(actual))).toEqual([]);
  } else expect(actual.trim()).toBe(expected.trim());
}

/** The words of a failure, numbers aside. */
function wordsOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return undefined;
  const { error, failed_records: failed } = body as {
    error?: unknown;
    failed_records?: { message: string }[];
  };
  const words = failed === undefined ? [error] : [error, ...failed.map(({ message }) => message)];
  return words.map((each) => (typeof each === 'string' ? each.replace(/\d+/g, 'N') : undefined));
}
