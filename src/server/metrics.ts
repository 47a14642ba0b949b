import { LRUCache } from 'lru-cache';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Region } from '../mixpanel/regions.js';
import type { MixpanelPlugin } from '../plugin.js';
import type { QueryResult } from '../result/query-result.js';
import { SECOND_MS } from '../time/durations.js';
import type { InFlight } from './in-flight.js';

/** Mixpanel answers within seconds, or the query times out within the minute that Appsmith waits. */
const DURATION_BUCKETS_S = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Number of most recently used projects whose quota is reported. */
const PROJECTS_SHOWN = 100;

interface Project {
  /** The plugin that tracks the quota. */
  plugin: MixpanelPlugin;
  region: Region;
  projectId: string;
}

/**
 * Metrics for Prometheus. Labels are command ids, error codes, cache states, regions and project ids. They never
 * contain user input or secrets.
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
      help: 'Time from the query to its result, including the wait for quota.',
      labelNames: ['command'],
      buckets: DURATION_BUCKETS_S,
      registers,
    });
    this.#cache = new Counter({
      name: 'mixpanel_datasource_cache_results_total',
      help: 'Results by cache state.',
      labelNames: ['state'],
      registers,
    });
    new Gauge({
      name: 'mixpanel_datasource_in_flight',
      help: 'Queries in progress.',
      registers,
      collect() {
        this.set(inFlight.running);
      },
    });
    new Counter({
      name: 'mixpanel_datasource_busy_total',
      help: 'Requests rejected because the service was busy or stopping.',
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

  /** Returns the metrics in Prometheus's text format. */
  read(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Records a finished query. */
  record(command: string, result: QueryResult, durationMs: number): void {
    this.#executes.inc({ command, outcome: outcomeOf(result) });
    this.#durations.observe({ command }, durationMs / SECOND_MS);
    const state = result.meta.cache?.state;
    if (state) this.#cache.inc({ state });
  }

  /** Adds a project to the reported quotas. */
  showQuota(project: Project): void {
    this.#projects.set(`${project.region} ${project.projectId}`, project);
  }
}

/** Returns `ok` or the error code, for labels and log lines. */
export function outcomeOf(result: QueryResult): string {
  return result.ok ? 'ok' : result.error.code;
}

async function quotaLeft({ plugin, region, projectId }: Project): Promise<number | null> {
  return (await plugin.quota({ region, projectId })).left;
}
