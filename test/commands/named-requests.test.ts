import { describe, expect, test } from 'vitest';
import { namedRequests, requestGroups } from '../../src/commands/requests/index.js';
import { readRecordings } from '../recorded/recording.js';
import { randomFrom, SEEDS } from '../seeds.js';
import { buildRequest, buildRows, commandById, problemsIn, readParameters } from './command-fixture.js';

const FUNNELS = [{ funnel_id: 7509, name: 'Signup funnel' }];
const FUNNEL_ROWS = [{ id: 7509, name: 'Signup funnel' }];

const context = { region: 'US' as const, projectId: '1234567', now: Date.UTC(2026, 10, 25) };

function messagesOf(parameters: Record<string, unknown>, body: unknown): string[] {
  const command = commandById('CUSTOM_ACTION');
  return [...(command.messages?.(body, readParameters('CUSTOM_ACTION', parameters), context) ?? [])];
}

describe('an endpoint is recognised however it is written', () => {
  test.each([
    ['/api/query/funnels/list'],
    ['/api/query/funnels/list/'],
    ['/api/query/funnels/list?project_id=1234567'],
    ['/api/query/funnels/list/?project_id=1234567#top'],
    ['GET /api/query/funnels/list'],
    ['get https://mixpanel.com/api/query/funnels/list'],
    ['https://mixpanel.com/api/query/funnels/list'],
    ['HTTPS://MixPanel.com/api/query/funnels/list'],
    ['https://mixpanel.com/api/query/Funnels/List'],
    ['https://mixpanel.com/api/2.0/funnels/list/'],
    ['https://mixpanel.com/funnels/list'],
    ['mixpanel.com/api/query/funnels/list'],
    ['/api/2.0/funnels/list'],
    ['/funnels/list'],
    ['/query/funnels/list'],
    ['funnels/list'],
    ['api/query/funnels/list'],
    ['  /api/query/funnels/list  '],
  ])('%s', (endpoint) => {
    for (const method of ['GET', 'POST'])
      if (method === 'GET' || !/^\s*get/i.test(endpoint))
        expect(buildRows('CUSTOM_ACTION', { endpoint, method }, FUNNELS)).toEqual(FUNNEL_ROWS);
    expect(buildRequest('CUSTOM_ACTION', { endpoint })).toMatchObject({
      family: 'query',
      path: expect.stringMatching(/^\/api\/(query|2\.0)\/funnels\/list\/?$/i),
      query: { project_id: '1234567' },
    });
  });

  test.each([
    ['/projects/1234567/annotations', '/api/app/projects/1234567/annotations'],
    ['/app/projects/1234567/annotations', '/api/app/projects/1234567/annotations'],
    ['https://mixpanel.com/projects/{projectId}/annotations', '/api/app/projects/1234567/annotations'],
    ['/api/app/projects/{project_id}/annotations', '/api/app/projects/1234567/annotations'],
    ['me', '/api/app/me'],
  ])('%s is sent to the App API', (endpoint, path) => {
    expect(buildRequest('CUSTOM_ACTION', { endpoint })).toMatchObject({ family: 'app', path });
  });

  test('what is no path of Mixpanel is refused as before', () => {
    for (const endpoint of ['funnel/list', '/fun', 'https://example.com/funnels', 'retention@example.com/x'])
      expect(problemsIn('CUSTOM_ACTION', { endpoint })).toHaveLength(1);
    expect(buildRequest('CUSTOM_ACTION', { endpoint: '/engage' }).family).toBe('ingestion');
  });

  test('a placeholder for the project needs a default project', () => {
    const endpoint = '/api/app/projects/{projectId}/bookmarks';
    expect(problemsIn('CUSTOM_ACTION', { endpoint }, { projectId: undefined })).toEqual([
      expect.stringMatching(/^endpoint has \{projectId\} in it, but the datasource has no default project/),
    ]);
  });
});

describe('the named requests', () => {
  test('have ids of their own, and values that the form takes', () => {
    expect(new Set(namedRequests.map(({ id }) => id)).size).toBe(namedRequests.length);
    for (const { values, id } of namedRequests) {
      expect(problemsIn('CUSTOM_ACTION', values), id).toEqual([]);
      expect(commandById('CUSTOM_ACTION').examples).toContainEqual(expect.objectContaining({ values }));
    }
  });

  test('have labels that tell them apart within their group', () => {
    for (const { requests } of requestGroups)
      expect(new Set(requests.map(({ label }) => label)).size).toBe(requests.length);
  });
});

describe('an answer of another shape', () => {
  const endpoint = '/api/query/retention?born_event=A&from_date=2026-11-01&to_date=2026-11-02';

  test('is shown as it came, with a message', () => {
    for (const body of [{ a: 1 }, [{ a: 1 }], { '2026-11-01': { first: 'many', counts: [1] } }, 'text', 7]) {
      expect(buildRows('CUSTOM_ACTION', { endpoint }, body)).toEqual(body);
      const said = typeof body === 'string' ? [] : [expect.stringContaining('does not have the shape')];
      expect(messagesOf({ endpoint }, body)).toEqual(said);
    }
  });

  test('is not spoken of when the body is wanted as it came', () => {
    expect(messagesOf({ endpoint, response: 'raw' }, { a: 1 })).toEqual([]);
  });

  test('of an endpoint without rows of its own is no news', () => {
    expect(messagesOf({ endpoint: '/api/app/me' }, { a: 1 })).toEqual([]);
  });
});

const MARKER = 'lost-or-found';

/** Members that rows replace by something said elsewhere, or that only say that the request succeeded. */
const NOT_IN_ROWS =
  /\.(analysis|meta\.dates|status|code|error|computed_at|legend_size|tags|user|metadata|date_range|goal|event|required|additionalProperties|\$schema)(\.|$)/;

/** Puts the marker somewhere into a copy of a value: in place of a part of it, or as one more member. */
function mutated(value: unknown, random: () => number): { value: unknown; place: string } {
  const copy = structuredClone(value);
  const places: { holder: Record<string, unknown> | unknown[]; key: string; place: string }[] = [];
  const visit = (node: unknown, path: string) => {
    if (typeof node !== 'object' || node === null) return;
    const holder = node as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key, place: `${path}.${key}` });
      visit(holder[key], `${path}.${key}`);
    }
    if (!Array.isArray(node)) places.push({ holder, key: 'extra', place: `${path}.extra` });
    else places.push({ holder: node, key: String(node.length), place: `${path}.${node.length}` });
  };
  visit({ body: copy }, '');
  const chosen = places[Math.floor(random() * places.length)]!;
  const root = { body: copy };
  if (chosen.place === '.body' || chosen.place === '.extra') return { value: MARKER, place: '.body' };
  const marks = [MARKER, { [MARKER]: 1 }, [MARKER], [{ [MARKER]: 1 }], { [MARKER]: [MARKER] }];
  const mark = marks[Math.floor(random() * marks.length)]!;
  Object.defineProperty(chosen.holder, chosen.key, {
    value: mark,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return { value: root.body, place: chosen.place };
}

const recorded = readRecordings().filter(
  ({ command, response }) =>
    command === 'CUSTOM_ACTION' && response.status === 200 && typeof response.json === 'object',
);

test('answers changed at random never throw, and nothing of them is lost in silence', () => {
  expect(recorded.length).toBeGreaterThan(20);
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = randomFrom(seed);
    for (const { name, parameters, response } of recorded) {
      for (let round = 0; round < 3; round += 1) {
        const { value, place } = mutated(response.json, random);
        const rows = buildRows('CUSTOM_ACTION', parameters, value);
        const seen = JSON.stringify([rows, messagesOf(parameters, value)]);
        const isWhole = JSON.stringify(rows) === JSON.stringify(value);
        if (!NOT_IN_ROWS.test(place) && !isWhole)
          expect(seen, `seed ${seed}: ${name} ${place} ${JSON.stringify(value)}`).toContain(MARKER);
      }
    }
  }
});
