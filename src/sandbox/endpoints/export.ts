import { timeOf } from '../data/dataset/day-events.js';
import type { Endpoint } from '../endpoint/definition.js';
import { subjectOf } from '../endpoint/evaluation-context.js';
import {
  days,
  evaluating,
  expression,
  flag,
  integer,
  list,
  projectOf,
  rangeOf,
} from '../endpoint/parameters.js';
import { EvaluationError, isTrue } from '../expression/evaluator.js';
import { toJsonText } from '../records/large-integer.js';
import type { StoredEvent } from '../records/write.js';
import { createZone } from '../time/zone.js';

/** More is refused: https://developer.mixpanel.com/reference/raw-event-export does not say in which words. */
const MOST_EVENTS = 100_000;
/** Lines are handed over in pieces of about this size. */
const CHUNK_CHARS = 65_536;
const SECOND_MS = 1000;
const UTC = createZone('UTC');

export const exportEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/api/2.0/export',
    family: 'export',
    async handle(exchange, world) {
      const project = projectOf(exchange);
      const projectZone = world.zone(project);
      // Projects made before 2023 mean their own days, later ones those of UTC.
      const zone = project.createdBefore2023 ? projectZone : UTC;
      const range = rangeOf(days(exchange, zone, world.now()), zone);
      const names = list(exchange, 'event');
      const where = expression(exchange, 'where', projectZone);
      const limit = integer(exchange, 'limit', { least: 1, most: MOST_EVENTS });
      const inMs = flag(exchange, 'time_in_ms', false);

      function* lines(): Generator<string> {
        let left = limit ?? Number.POSITIVE_INFINITY;
        for (const event of world.rawEvents(project.id, range)) {
          if (left === 0) return;
          if (names && !names.includes(event.event)) continue;
          if (where && !isTrue(where(subjectOf(event, project.id, world)))) continue;
          left -= 1;
          // Projects made before 2023 keep times by their own clock, as if it were UTC's.
          const at = timeOf(event);
          yield lineOf(event, project.createdBefore2023 ? at + projectZone.offset(at) : at, inMs);
        }
      }

      const pieces = chunks(lines());
      // The first piece is made before the status goes out: until then a filter can still be refused.
      const first = evaluating(() => pieces.next());
      return {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: first.done ? '' : rest(first.value, pieces),
      };
    },
  },
];

function lineOf({ event, properties }: StoredEvent, at: number, inMs: boolean): string {
  // A spread, not Object.assign, which would set the prototype where a property is called `__proto__`.
  return `${toJsonText({ event, properties: { ...properties, time: inMs ? at : Math.floor(at / SECOND_MS) } })}\n`;
}

function* chunks(lines: Iterable<string>): Generator<string> {
  let held = '';
  for (const line of lines) {
    held += line;
    if (held.length >= CHUNK_CHARS) {
      yield held;
      held = '';
    }
  }
  if (held !== '') yield held;
}

async function* rest(first: string, pieces: Generator<string>): AsyncGenerator<string> {
  yield first;
  try {
    for (const piece of pieces) {
      // Other calls are answered in between.
      await new Promise(setImmediate);
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    yield 'terminated early\n';
  }
}
