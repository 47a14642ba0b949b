import { onTestFinished } from 'vitest';
import type { ActionExecutionResult } from '../../src/hosts/appsmith/index.js';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/index.js';
import { createLogger } from '../../src/server/logger.js';
import { type LocalMixpanel, startLocalMixpanel } from './local-mixpanel.js';

export interface Service extends RunningServer {
  mixpanel: LocalMixpanel;
  /** Every log line so far. */
  readonly lines: string[];
  /** Posts a body as Appsmith does. */
  post(body: unknown, path?: string): Promise<Response>;
  /** The same, its answer read as a result. */
  execute(body: unknown): Promise<ActionExecutionResult>;
}

/** A host service on a free port in front of a local Mixpanel, gone after the test. */
export async function startService(options: ServerOptions = {}, mixpanel?: LocalMixpanel): Promise<Service> {
  const local = mixpanel ?? (await startLocalMixpanel());
  const lines: string[] = [];
  const secrets = options.pathPrefix ? [options.pathPrefix] : [];
  const server = await startServer({
    port: 0,
    logger: createLogger({
      level: 'trace',
      secrets,
      destination: { write: (line) => void lines.push(line) },
    }),
    pluginOptions: { hosts: local.hosts },
    drainMs: 0,
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    await local.close();
  });
  const post = (body: unknown, path = '/api/v1/actions/execute') =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    ...server,
    mixpanel: local,
    lines,
    post,
    execute: async (body) => (await post(body)).json() as Promise<ActionExecutionResult>,
  };
}

export const PASSWORD = 's3cret-of-the-service-account';

/** The body Appsmith sends of a query, byte for byte but for the command and its values. */
export function appsmithBody(formData: Record<string, unknown> = { command: 'GET_TODAYS_TOP_EVENTS' }) {
  return {
    installationKey: 'inst-1',
    pluginName: 'mixpanel-1.0-plugin',
    pluginVersion: '1.0',
    actionTemplateName: 'GET_TODAYS_TOP_EVENTS',
    datasourceTemplateName: 'basic',
    datasource: {
      id: 'ds1',
      datasourceConfiguration: {
        authentication: { authenticationType: 'basic', username: 'svc.user', password: PASSWORD },
        properties: [
          { key: 'projectId', value: '12345' },
          { key: 'region', value: 'US' },
        ],
        url: 'https://mixpanel.com',
      },
    },
    actionConfiguration: {
      timeoutInMillisecond: 30_000,
      paginationType: 'NONE',
      encodeParamsToggle: true,
      selfReferencingDataPaths: [] as string[],
      formData,
    },
  };
}
