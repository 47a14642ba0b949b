import { SECOND_MS } from '../../time/durations.js';
import { createZone } from '../../time/zone.js';
import { getEventTime } from '../data/dataset/day-events.js';
import type { Endpoint } from '../endpoint/definition.js';
import { createEvaluationContext } from '../endpoint/evaluation-context.js';
import {
  readBoolean,
  readDateRange,
  readExpression,
  readInteger,
  readList,
  requireProject,
  toTimeRange,
  withEvaluationErrors,
} from '../endpoint/parameters.js';
import { EvaluationError, isTrue } from '../expression/evaluator.js';
import { toJsonText } from '../records/large-integer.js';
import type { StoredEvent } from '../records/write.js';

/** More is refused: https://developer.mixpanel.com/reference/raw-event-export does not say in which words. */
const MAX_EVENTS = 100_000;
/** Lines are handed over in pieces of about this size. */
const CHUNK_CHARS = 65_536;
const UTC = createZone('UTC');

export const exportEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/api/2.0/export',
    family: 'export',
    async handle(request, store) {
      const project = requireProject(request);
      const projectZone = store.zone(project);
      // Projects made before 2023 mean their own days, later ones those of UTC.
      const zone = project.createdBefore2023 ? projectZone : UTC;
      const range = toTimeRange(readDateRange(request, zone, store.now()), zone);
      const names = readList(request, 'event');
      const where = readExpression(request, 'where', projectZone);
      const limit = readInteger(request, 'limit', { min: 1, max: MAX_EVENTS });
      const inMs = readBoolean(request, 'time_in_ms', false);

      function* lines(): Generator<string> {
        let remaining = limit ?? Number.POSITIVE_INFINITY;
        for (const event of store.rawEvents(project.id, range)) {
          if (remaining === 0) return;
          if (names && !names.includes(event.event)) continue;
          if (where && !isTrue(where(createEvaluationContext(event, project.id, store)))) continue;
          remaining -= 1;
          // Projects made before 2023 keep times by their own clock, as if it were UTC's.
          const at = getEventTime(event);
          yield toLine(event, project.createdBefore2023 ? at + projectZone.offset(at) : at, inMs);
        }
      }

      const bodyChunks = toChunks(lines());
      // The first piece is made before the status goes out: until then a filter can still be refused.
      const first = withEvaluationErrors(() => bodyChunks.next());
      return {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: first.done ? '' : streamRest(first.value, bodyChunks),
      };
    },
  },
];

function toLine({ event, properties }: StoredEvent, at: number, inMs: boolean): string {
  // A spread, not Object.assign, which would set the prototype where a property is called `__proto__`.
  return `${toJsonText({ event, properties: { ...properties, time: inMs ? at : Math.floor(at / SECOND_MS) } })}\n`;
}

function* toChunks(lines: Iterable<string>): Generator<string> {
  let buffered = '';
  for (const line of lines) {
    buffered += line;
    if (buffered.length >= CHUNK_CHARS) {
      yield buffered;
      buffered = '';
    }
  }
  if (buffered !== '') yield buffered;
}

async function* streamRest(first: string, bodyChunks: Generator<string>): AsyncGenerator<string> {
  yield first;
  try {
    for (const chunk of bodyChunks) {
      // Other calls are answered in between.
      await new Promise(setImmediate);
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    yield 'terminated early\n';
  }
}
