import { LRUCache } from 'lru-cache';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Region } from '../mixpanel/regions.js';
import type { MixpanelPlugin } from '../plugin.js';
import type { QueryResult } from '../result/query-result.js';
import { SECOND_MS } from '../time/durations.js';
import type { InFlight } from './in-flight.js';

/** Mixpanel answers within seconds or is given up within the minute Appsmith waits. */
const DURATION_BUCKETS_S = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Projects whose quota is shown: those used last. */
const PROJECTS_SHOWN = 100;

interface Project {
  /** Keeps the books of the quota. */
  plugin: MixpanelPlugin;
  region: Region;
  projectId: string;
}

/**
 * Counters for Prometheus. Labels are command ids, error codes, cache states, regions and project ids: nothing a
 * person typed, and nothing secret.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #projects = new LRUCache<string, Project>({ max: PROJECTS_SHOWN });
  readonly #executes: Counter<'command' | 'outcome'>;
  readonly #durations: Histogram<'command'>;
  readonly #cache: Counter<'state'>;

  constructor(inFlight: InFlight) {
    const registers = [this.#registry];
    this.#executes = new Counter({
      name: 'mixpanel_datasource_executes_total',
      help: 'Queries by command and outcome: ok, or the error code.',
      labelNames: ['command', 'outcome'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'mixpanel_datasource_execute_duration_seconds',
      help: 'Time from the query to its result, waiting for the quota included.',
      labelNames: ['command'],
      buckets: DURATION_BUCKETS_S,
      registers,
    });
    this.#cache = new Counter({
      name: 'mixpanel_datasource_cache_results_total',
      help: 'Results by how the cache served them.',
      labelNames: ['state'],
      registers,
    });
    new Gauge({
      name: 'mixpanel_datasource_in_flight',
      help: 'Queries under way.',
      registers,
      collect() {
        this.set(inFlight.running);
      },
    });
    new Counter({
      name: 'mixpanel_datasource_busy_total',
      help: 'Requests turned away because the service was busy or stopping.',
      registers,
      collect() {
        this.reset();
        this.inc(inFlight.refused);
      },
    });
    const projects = this.#projects;
    new Gauge({
      name: 'mixpanel_datasource_quota_left',
      help: 'Query API calls left in the rolling hour, by project.',
      labelNames: ['region', 'project_id'],
      registers,
      async collect() {
        this.reset();
        for (const project of projects.values()) {
          const left = await quotaLeft(project);
          if (left !== null) this.set({ region: project.region, project_id: project.projectId }, left);
        }
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text Prometheus scrapes. */
  read(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Counts a query that ended. */
  record(command: string, result: QueryResult, durationMs: number): void {
    this.#executes.inc({ command, outcome: outcomeOf(result) });
    this.#durations.observe({ command }, durationMs / SECOND_MS);
    const state = result.meta.cache?.state;
    if (state) this.#cache.inc({ state });
  }

  /** From now on the quota of this project is shown. */
  showQuota(project: Project): void {
    this.#projects.set(`${project.region} ${project.projectId}`, project);
  }
}

/** `ok`, or the error code: for labels and log lines. */
export function outcomeOf(result: QueryResult): string {
  return result.ok ? 'ok' : result.error.code;
}

async function quotaLeft({ plugin, region, projectId }: Project): Promise<number | null> {
  return (await plugin.quota({ region, projectId })).left;
}
