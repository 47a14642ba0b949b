import { unwrap } from '../command/values.js';
import { REGIONS } from '../mixpanel/regions.js';
import type { MixpanelPlugin } from '../plugin.js';
import type { QueryRequest } from '../query/prepared-query.js';
import type { Logger } from './logger.js';
import { type Metrics, outcomeOf } from './metrics.js';

/** Counts and logs the command, outcome, cache state and duration of every query, and nothing else. */
export function observe(plugin: MixpanelPlugin, metrics: Metrics, logger: Logger): MixpanelPlugin {
  const known = new Set(plugin.commands.map(({ id }) => id));
  return {
    ...plugin,
    async execute(call) {
      const startedAt = performance.now();
      const command = known.has(call.command) ? call.command : 'unknown';
      const result = await plugin.execute(call);
      const durationMs = Math.round(performance.now() - startedAt);
      metrics.record(command, result, durationMs);
      if (result.meta.quota) showQuota(metrics, plugin, call);
      const cache = result.meta.cache?.state;
      logger.info({ command, outcome: outcomeOf(result), cache, durationMs }, 'query');
      return result;
    },
  };
}

function showQuota(metrics: Metrics, plugin: MixpanelPlugin, { datasource, parameters }: QueryRequest): void {
  const asked = String(datasource.region ?? 'US').toUpperCase();
  const region = REGIONS.find((each) => each === asked);
  const projectId = String(unwrap(parameters?.projectId) ?? datasource.projectId ?? '');
  if (region && /^\d{1,20}$/.test(projectId)) metrics.showQuota({ plugin, region, projectId });
}
