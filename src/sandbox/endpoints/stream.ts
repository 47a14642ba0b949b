import { SECOND_MS } from '../../time/durations.js';
import { getEventTime } from '../data/dataset/day-events.js';
import type { Endpoint } from '../endpoint/definition.js';
import {
  getProjectZone,
  readDateRange,
  requireList,
  requireProject,
  toTimeRange,
} from '../endpoint/parameters.js';
import { queryEndpoint } from '../endpoint/query-endpoint.js';

/** https://developer.mixpanel.com/reference/activity-stream-query */
export const streamEndpoints: readonly Endpoint[] = [
  queryEndpoint('GET', '/stream/query', (request, store) => {
    const ids = new Set(requireList(request, 'distinct_ids'));
    const zone = getProjectZone(request, store);
    const range = toTimeRange(readDateRange(request, zone, store.now()), zone);
    const events = [];
    for (const event of store.events(requireProject(request).id, range)) {
      const { distinct_id: id } = event.properties;
      if (!ids.has(String(id))) continue;
      const time = Math.floor(getEventTime(event) / SECOND_MS);
      // The description's example shows both spellings of the id.
      events.push({
        event: event.event,
        properties: { ...event.properties, time, $distinct_id: id ?? null },
      });
    }
    return { status: 'ok', results: { events } };
  }),
];
