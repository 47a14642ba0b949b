import { createCacheKey } from '../cache/key.js';
import type { ResultCache } from '../cache/types.js';
import type { CheckedDatasource } from '../command/datasource.js';
import { PluginError } from '../errors.js';
import { ME_REQUEST, type Project, parseMe, projectsOf } from '../mixpanel/me.js';
import { type Hosts, hostsOf, REGION_NAMES, REGIONS, type Region } from '../mixpanel/regions.js';
import type { Gateway } from './transport.js';

export interface TestResult {
  ok: boolean;
  /** What is so, or what to change. */
  message: string;
  projects?: Pick<Project, 'id' | 'name'>[];
  /** The region in which the credentials work, where it is not the datasource's. */
  region?: Region;
}

interface Call {
  deadline: number;
  signal?: AbortSignal;
}

/** Where credentials were found to work; `null` for nowhere. */
interface Whereabouts {
  region: Region | null;
  projects: Pick<Project, 'id' | 'name'>[];
}

const MINUTE_MS = 60_000;

/** Finds out whether credentials work, and where. Asks `/api/app/me` only, which spends no query quota. */
export function createConnection(gateway: Gateway, cache: ResultCache, hosts?: Hosts) {
  const elsewhere = (region: Region) =>
    REGIONS.filter((other) => hostsOf(other, hosts).app !== hostsOf(region, hosts).app);

  async function projectsIn(
    datasource: CheckedDatasource,
    region: Region,
    call: Call,
  ): Promise<Whereabouts['projects']> {
    const { text } = await gateway.send(ME_REQUEST, { ...call, region, credentials: datasource });
    return projectsOf(parseMe(text)).map(({ id, name }) => ({ id, name }));
  }

  /**
   * Wrong credentials and a wrong region look the same to the region that is asked: only asking the others tells
   * them apart. The answer is kept for a minute, so that a dashboard of failing queries does not ask for each.
   */
  async function findElsewhere(datasource: CheckedDatasource, call: Call): Promise<Whereabouts> {
    const { username, password, region } = datasource;
    const key = createCacheKey({ username, password, region, command: 'whereabouts', input: {} });
    const { value } = await cache.getOrLoad<Whereabouts>(
      key,
      { ...call, freshMs: MINUTE_MS },
      async (signal) => {
        for (const other of elsewhere(region)) {
          try {
            return { region: other, projects: await projectsIn(datasource, other, { ...call, signal }) };
          } catch (thrown) {
            if (!PluginError.is(thrown) || thrown.code === 'CANCELLED') throw thrown;
          }
        }
        return { region: null, projects: [] };
      },
    );
    return value;
  }

  return {
    async test(datasource: CheckedDatasource, call: Call): Promise<TestResult> {
      try {
        return judge(await projectsIn(datasource, datasource.region, call), datasource);
      } catch (thrown) {
        if (!PluginError.is(thrown)) throw thrown;
        if (thrown.code !== 'WRONG_CREDENTIALS') return { ok: false, message: thrown.message };
        const { region, projects } = await findElsewhere(datasource, call);
        if (region === null) return { ok: false, message: thrown.message };
        return {
          ok: false,
          message: wrongRegion(datasource.region, region),
          region,
          projects: [...projects],
        };
      }
    },

    /** The same error with its cause found: credentials that another region knows are not wrong. */
    async explain(error: PluginError, datasource: CheckedDatasource, call: Call): Promise<PluginError> {
      if (error.code !== 'WRONG_CREDENTIALS') return error;
      const found = await findElsewhere(datasource, call).catch(() => undefined);
      if (!found?.region) return error;
      const { upstream, upstreamStatus } = error;
      return new PluginError('WRONG_REGION', wrongRegion(datasource.region, found.region), {
        upstream,
        upstreamStatus,
      });
    },
  };
}

export type Connection = ReturnType<typeof createConnection>;

function wrongRegion(asked: Region, right: Region): string {
  return `The credentials work, but in the region ${REGION_NAMES[right]} (${right}), not in ${REGION_NAMES[asked]} (${asked}). Change the datasource's region to ${right}.`;
}

function judge(projects: Whereabouts['projects'], { projectId, region }: CheckedDatasource): TestResult {
  const list = projects.map(({ id, name }) => `${name} (${id})`).join(', ');
  if (projectId && !projects.some(({ id }) => id === projectId)) {
    const reachable = list ? `It can reach ${list}.` : 'It can reach no project at all.';
    return {
      ok: false,
      message: `The credentials work, but the service account cannot reach the default project ${projectId}. ${reachable} Choose one of these, or add the account to the project.`,
      projects,
    };
  }
  if (projects.length === 0) {
    return {
      ok: false,
      message: `The credentials work in the region ${region}, but the service account belongs to no project yet. Add it to one in Mixpanel's project settings.`,
      projects,
    };
  }
  return { ok: true, message: `Connected. The service account can reach ${list}.`, projects };
}
