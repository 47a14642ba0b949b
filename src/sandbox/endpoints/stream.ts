import { timeOf } from '../data/dataset/day-events.js';
import type { Endpoint } from '../endpoint/definition.js';
import { days, projectOf, rangeOf, requiredList, zoneOf } from '../endpoint/parameters.js';
import { queryEndpoint } from '../endpoint/query-endpoint.js';

const SECOND_MS = 1000;

/** https://developer.mixpanel.com/reference/activity-stream-query */
export const streamEndpoints: readonly Endpoint[] = [
  queryEndpoint('GET', '/stream/query', (exchange, world) => {
    const ids = new Set(requiredList(exchange, 'distinct_ids'));
    const zone = zoneOf(exchange, world);
    const range = rangeOf(days(exchange, zone, world.now()), zone);
    const events = [];
    for (const event of world.events(projectOf(exchange).id, range)) {
      const { distinct_id: id } = event.properties;
      if (!ids.has(String(id))) continue;
      const time = Math.floor(timeOf(event) / SECOND_MS);
      // The description's example shows both spellings of the id.
      events.push({
        event: event.event,
        properties: { ...event.properties, time, $distinct_id: id ?? null },
      });
    }
    return { status: 'ok', results: { events } };
  }),
];
