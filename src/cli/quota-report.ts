import { PluginError } from '../errors.js';
import { PROJECT_ID_PATTERN } from '../mixpanel/project-id.js';
import { REGIONS, type Region } from '../mixpanel/regions.js';
import { createPlugin } from '../plugin.js';
import type { QuotaStatus } from '../rate-limit/types.js';
import { DEFAULT_PROFILE, ProfileFile, unknownProfile } from './files/profile-file.js';
import type { QuotaOptions } from './quota.js';
import { openQuota } from './quota-file.js';
import type { Terminal } from './terminal.js';

/** Prints what is left of a project's hour. */
export async function showQuota(options: QuotaOptions, terminal: Terminal): Promise<void> {
  const scope = await readScope(options, terminal);
  const plugin = createPlugin({ quota: await openQuota(terminal) });
  try {
    const status = await plugin.quota(scope);
    const { stdout } = terminal;
    if (options.json) stdout.write(`${JSON.stringify(toJson(scope, status), null, 2)}\n`);
    else stdout.write(`${describeQuota(scope, status)}\n`);
  } finally {
    await plugin.close();
  }
}

interface Scope {
  projectId: string;
  region: Region;
}

async function readScope(options: QuotaOptions, terminal: Terminal): Promise<Scope> {
  const known = await findSettings(options, terminal);
  const { project: projectId = known.projectId } = options;
  const region = (options.region ?? known.region ?? 'US').toUpperCase();
  if (!projectId) {
    throw new PluginError('INVALID_INPUT', 'No project. Give --project, or set MIXPANEL_PROJECT_ID.');
  }
  const problems = [
    ...(PROJECT_ID_PATTERN.test(projectId)
      ? []
      : [`The project must be a number, such as 1234567. Received: ${projectId}.`]),
    ...(isRegion(region) ? [] : [`The region must be one of ${REGIONS.join(', ')}. Received: ${region}.`]),
  ];
  if (problems.length > 0) throw new PluginError('INVALID_INPUT', problems.join('\n'));
  return { projectId, region: region as Region };
}

/** Returns project and region of the place that credentials would come from. */
async function findSettings(
  { profile }: QuotaOptions,
  terminal: Terminal,
): Promise<{ projectId?: string; region?: string }> {
  const { MIXPANEL_PROFILE, MIXPANEL_USERNAME, MIXPANEL_PROJECT_ID, MIXPANEL_REGION } = terminal.env;
  const name = profile ?? MIXPANEL_PROFILE;
  if (!name && (MIXPANEL_USERNAME || MIXPANEL_PROJECT_ID)) {
    return { projectId: MIXPANEL_PROJECT_ID, region: MIXPANEL_REGION };
  }
  const file = await ProfileFile.open(terminal);
  const found = file.get(name ?? DEFAULT_PROFILE);
  if (name && !found) throw unknownProfile(name, file);
  return found ?? { region: MIXPANEL_REGION };
}

function isRegion(name: string): name is Region {
  return REGIONS.some((each) => each === name);
}

function toJson(scope: Scope, { limit, left, nextSlotAt, resetAt }: QuotaStatus) {
  return {
    ...scope,
    limit,
    left,
    nextSlotAt: new Date(nextSlotAt).toISOString(),
    resetAt: new Date(resetAt).toISOString(),
  };
}

/** Returns the quota in sentences. Times are those of this machine's clock. */
export function describeQuota(
  { projectId, region }: Scope,
  { limit, left, nextSlotAt, resetAt }: QuotaStatus,
  now = Date.now(),
): string {
  const project = `Project ${projectId} (${region})`;
  if (limit === null || left === null) return `${project}: Mixpanel publishes no limit.`;
  const next =
    nextSlotAt <= now ? 'The next can start now.' : `The next can start at ${clockTime(nextSlotAt)}.`;
  const reset = left === limit ? '' : ` All ${limit} are free again at ${clockTime(resetAt)}.`;
  return `${project}: ${left} of ${limit} queries left this hour. ${next}${reset}`;
}

function clockTime(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString('en-GB');
}
