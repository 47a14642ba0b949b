import { createCacheKey } from '../cache/key.js';
import type { ResultCache } from '../cache/types.js';
import type { CheckedDatasource } from '../command/datasource.js';
import { type ErrorCode, PluginError } from '../errors.js';
import { isObject } from '../json/object.js';
import { ME_REQUEST, type Project, parseMe, projectsOf } from '../mixpanel/me.js';
import { type Hosts, hostsOf, REGION_NAMES, REGIONS, type Region } from '../mixpanel/regions.js';
import { MINUTE_MS } from '../time/durations.js';
import type { Transport } from './transport.js';

export interface TestResult {
  ok: boolean;
  /** What was found, or what to change. */
  message: string;
  /** What kind of failure it was. */
  code?: ErrorCode;
  projects?: Pick<Project, 'id' | 'name'>[];
  /** The region in which the credentials work, if it is not the datasource's. */
  region?: Region;
}

interface ProbeOptions {
  deadline: number;
  signal?: AbortSignal;
}

/** The region in which credentials work; `null` if none. */
interface RegionProbe {
  region: Region | null;
  projects: Pick<Project, 'id' | 'name'>[];
}

/** Creates the tester of credentials. It requests only `/api/app/me`, which uses no query quota. */
export function createConnectionTester(transport: Transport, cache: ResultCache, hosts?: Hosts) {
  const otherRegions = (region: Region) =>
    REGIONS.filter((other) => hostsOf(other, hosts).app !== hostsOf(region, hosts).app);

  async function fetchProjects(
    datasource: CheckedDatasource,
    region: Region,
    options: ProbeOptions,
  ): Promise<RegionProbe['projects']> {
    const response = await transport.send(ME_REQUEST, { ...options, region, credentials: datasource });
    return projectsOf(parseMe(response)).map(({ id, name }) => ({ id, name }));
  }

  /**
   * Tries the credentials in the other regions, because a region answers a wrong password and a wrong region alike.
   * The result is cached for a minute, so that a dashboard of failing queries does not repeat the requests.
   */
  async function probeOtherRegions(
    datasource: CheckedDatasource,
    options: ProbeOptions,
  ): Promise<RegionProbe> {
    const { username, password, region } = datasource;
    const key = createCacheKey({ username, password, region, command: 'whereabouts', input: {} });
    const { value } = await cache.getOrLoad<RegionProbe>(
      key,
      { ...options, freshMs: MINUTE_MS, isValue: isRegionProbe },
      async (signal) => {
        for (const candidate of otherRegions(region)) {
          try {
            return {
              region: candidate,
              projects: await fetchProjects(datasource, candidate, { ...options, signal }),
            };
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
    async test(datasource: CheckedDatasource, options: ProbeOptions): Promise<TestResult> {
      try {
        return toTestResult(await fetchProjects(datasource, datasource.region, options), datasource);
      } catch (thrown) {
        if (!PluginError.is(thrown)) throw thrown;
        if (thrown.code !== 'WRONG_CREDENTIALS') return failedTest(thrown);
        const { region, projects } = await probeOtherRegions(datasource, options);
        if (region === null) return failedTest(thrown);
        return {
          ok: false,
          code: 'WRONG_REGION',
          message: wrongRegionMessage(datasource.region, region),
          region,
          projects: [...projects],
        };
      }
    },

    /** Returns an error with its cause found: credentials that work in another region mean a wrong region. */
    async diagnose(
      error: PluginError,
      datasource: CheckedDatasource,
      options: ProbeOptions,
    ): Promise<PluginError> {
      if (error.code !== 'WRONG_CREDENTIALS') return error;
      const probe = await probeOtherRegions(datasource, options).catch(() => undefined);
      if (!probe?.region) return error;
      const { upstream, upstreamStatus } = error;
      return new PluginError('WRONG_REGION', wrongRegionMessage(datasource.region, probe.region), {
        upstream,
        upstreamStatus,
      });
    },
  };
}

/** Returns the result of a test that ended with an error. */
export function failedTest({ code, message }: PluginError): TestResult {
  return { ok: false, code, message };
}

export type ConnectionTester = ReturnType<typeof createConnectionTester>;

function wrongRegionMessage(configured: Region, actual: Region): string {
  return `The credentials work, but in region ${REGION_NAMES[actual]} (${actual}), not in ${REGION_NAMES[configured]} (${configured}). Change the datasource's region to ${actual}.`;
}

function toTestResult(
  projects: RegionProbe['projects'],
  { projectId, region }: CheckedDatasource,
): TestResult {
  const names = projects.map(({ id, name }) => `${name} (${id})`).join(', ');
  if (projectId && !projects.some(({ id }) => id === projectId)) {
    const reachable = names ? `It can reach ${names}.` : 'It cannot reach any project.';
    return {
      ok: false,
      code: 'NO_PROJECT_ACCESS',
      message: `The credentials work, but the service account cannot reach the default project ${projectId}. ${reachable} Choose a project it can reach, or add the account to the project.`,
      projects,
    };
  }
  if (projects.length === 0) {
    return {
      ok: false,
      code: 'NO_PROJECT_ACCESS',
      message: `The credentials work in region ${region}, but the service account has no project yet. Add it to a project in Mixpanel's project settings.`,
      projects,
    };
  }
  return { ok: true, message: `Connected. The service account can reach ${names}.`, projects };
}

function isRegionProbe(value: unknown): value is RegionProbe {
  return (
    isObject(value) && Array.isArray(value.projects) && (value.region === null || isRegion(value.region))
  );
}

function isRegion(value: unknown): value is Region {
  return REGIONS.some((region) => region === value);
}
