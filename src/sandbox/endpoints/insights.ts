import type { DataStore } from '../data/data-store.js';
import { getEventTime } from '../data/dataset/day-events.js';
import type { SavedReport } from '../data/dataset/saved-objects.js';
import type { Endpoint } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import { getProjectZone, requireProject, requireText } from '../endpoint/parameters.js';
import { formatComputedAt, queryEndpoint } from '../endpoint/query-endpoint.js';
import type { StoredEvent } from '../records/write.js';
import { createBucketNamer } from '../reports/buckets.js';
import { EventCount, toValueLabels } from '../reports/tally.js';
import { addDays, type Zone } from '../time/zone.js';

/** `series`: names and values, level by level; below them counts by date, or one count. */
type Series = { [name: string]: Series | number };
interface SeriesNode {
  children: Map<string, SeriesNode>;
  count: EventCount;
}

/** https://developer.mixpanel.com/reference/insights-query */
export const insightsEndpoints: readonly Endpoint[] = [
  queryEndpoint('GET', '/insights', (request, store) => {
    const id = requireText(request, 'bookmark_id');
    const report = requireProject(request).reports.find((each) => String(each.id) === id);
    // How Mixpanel answers for a report it does not have is in no source.
    if (!report) throw new EndpointError(404, `Report not found for id ${id}`);
    const zone = getProjectZone(request, store);
    const now = store.now();
    const last = zone.dayOf(now);
    const first = addDays(last, 1 - report.lastDays);
    return {
      computed_at: formatComputedAt(now),
      date_range: {
        from_date: zone.formatIso(zone.startOfDay(first)),
        to_date: zone.formatIso(zone.startOfDay(addDays(last, 1)) - 1).replace('.999', '.999000'),
      },
      headers: ['$event', ...report.breakdowns],
      series: computeSeries(report, requireProject(request).id, store, zone, first, last),
      meta: {
        is_segmentation_limit_hit: false,
        min_sampling_factor: 1,
        report_sections: {
          group: report.breakdowns.map((value) => ({ value })),
          show: report.events.map((event) => ({ event })),
        },
        sub_query_count: report.events.length,
      },
    };
  }),
];

function computeSeries(
  report: SavedReport,
  projectId: string,
  store: DataStore,
  zone: Zone,
  first: string,
  last: string,
): Series {
  const bucketOf = createBucketNamer(report.unit, zone);
  const root = createNode();
  for (const event of store.events(projectId, {
    from: zone.startOfDay(first),
    to: zone.startOfDay(addDays(last, 1)),
  })) {
    if (!report.events.includes(event.event)) continue;
    const date =
      report.chart === 'bar' ? [] : [zone.formatIso(zone.startOfDay(bucketOf(getEventTime(event))))];
    for (const path of listSeriesPaths(report, event)) addEvent(root, [...path, ...date], event);
  }
  // An event nobody did still has its line.
  for (const name of report.events) if (!root.children.has(name)) root.children.set(name, createNode());
  return toSeries(root, report);
}

/** Where an event counts: at its values, and at the totals above them where the report shows these. */
function listSeriesPaths(
  { breakdowns, overall }: SavedReport,
  { event, properties }: StoredEvent,
): string[][] {
  let paths: string[][] = [[event]];
  const totals: string[][] = [];
  for (const property of breakdowns) {
    if (overall) totals.push(...paths.map((path) => [...path, '$overall']));
    const values = Object.hasOwn(properties, property) ? toValueLabels(properties[property]) : ['undefined'];
    paths = paths.flatMap((path) => values.map((value) => [...path, value]));
  }
  return [...totals, ...paths];
}

function addEvent(root: SeriesNode, path: readonly string[], event: StoredEvent): void {
  let node = root;
  for (const name of path) {
    let child = node.children.get(name);
    if (!child) {
      child = createNode();
      node.children.set(name, child);
    }
    node = child;
  }
  node.count.add(event);
}

function toSeries(node: SeriesNode, report: SavedReport): Series {
  return Object.fromEntries(
    [...node.children].map(([name, child]) => {
      const isLeaf = child.children.size === 0;
      return [name, isLeaf && child.count.total > 0 ? child.count.get(report.type) : toSeries(child, report)];
    }),
  );
}

function createNode(): SeriesNode {
  return { children: new Map(), count: new EventCount() };
}
