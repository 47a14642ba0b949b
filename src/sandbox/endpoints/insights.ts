import type { World } from '../data/data-store.js';
import { timeOf } from '../data/dataset/day-events.js';
import type { SavedReport } from '../data/dataset/saved-objects.js';
import type { Endpoint } from '../endpoint/definition.js';
import { Refusal } from '../endpoint/errors.js';
import { projectOf, requiredText, zoneOf } from '../endpoint/parameters.js';
import { computedAt, queryEndpoint } from '../endpoint/query-endpoint.js';
import type { StoredEvent } from '../records/write.js';
import { createBucketing } from '../reports/buckets.js';
import { Count, valueTexts } from '../reports/tally.js';
import { addDays, type Zone } from '../time/zone.js';

/** `series`: names and values, level by level; below them counts by date, or one count. */
type Series = { [name: string]: Series | number };
interface Node {
  children: Map<string, Node>;
  count: Count;
}

/** https://developer.mixpanel.com/reference/insights-query */
export const insightsEndpoints: readonly Endpoint[] = [
  queryEndpoint('GET', '/insights', (exchange, world) => {
    const id = requiredText(exchange, 'bookmark_id');
    const report = projectOf(exchange).reports.find((each) => String(each.id) === id);
    // How Mixpanel answers for a report it does not have is in no source.
    if (!report) throw new Refusal(404, `Report not found for id ${id}`);
    const zone = zoneOf(exchange, world);
    const now = world.now();
    const last = zone.dayOf(now);
    const first = addDays(last, 1 - report.lastDays);
    return {
      computed_at: computedAt(now),
      date_range: {
        from_date: zone.iso(zone.startOf(first)),
        to_date: zone.iso(zone.startOf(addDays(last, 1)) - 1).replace('.999', '.999000'),
      },
      headers: ['$event', ...report.breakdowns],
      series: compute(report, projectOf(exchange).id, world, zone, first, last),
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

function compute(
  report: SavedReport,
  projectId: string,
  world: World,
  zone: Zone,
  first: string,
  last: string,
): Series {
  const bucketOf = createBucketing(report.unit, zone);
  const root = createNode();
  for (const event of world.events(projectId, {
    from: zone.startOf(first),
    to: zone.startOf(addDays(last, 1)),
  })) {
    if (!report.events.includes(event.event)) continue;
    const date = report.chart === 'bar' ? [] : [zone.iso(zone.startOf(bucketOf(timeOf(event))))];
    for (const path of pathsOf(report, event)) addTo(root, [...path, ...date], event);
  }
  // An event nobody did still has its line.
  for (const name of report.events) if (!root.children.has(name)) root.children.set(name, createNode());
  return toSeries(root, report);
}

/** Where an event counts: at its values, and at the totals above them where the report shows these. */
function pathsOf({ breakdowns, overall }: SavedReport, { event, properties }: StoredEvent): string[][] {
  let paths: string[][] = [[event]];
  const totals: string[][] = [];
  for (const property of breakdowns) {
    if (overall) totals.push(...paths.map((path) => [...path, '$overall']));
    const values = Object.hasOwn(properties, property) ? valueTexts(properties[property]) : ['undefined'];
    paths = paths.flatMap((path) => values.map((value) => [...path, value]));
  }
  return [...totals, ...paths];
}

function addTo(root: Node, path: readonly string[], event: StoredEvent): void {
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

function toSeries(node: Node, report: SavedReport): Series {
  return Object.fromEntries(
    [...node.children].map(([name, child]) => {
      const isLeaf = child.children.size === 0;
      return [name, isLeaf && child.count.total > 0 ? child.count.as(report.type) : toSeries(child, report)];
    }),
  );
}

function createNode(): Node {
  return { children: new Map(), count: new Count() };
}
