import type { Family } from '../../mixpanel/regions.js';
import { jsonReply, type Reply, type SandboxRequest } from './definition.js';

/** A request an endpoint will not answer; `refusalReply` puts it into the words of the family it belongs to. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The families answer failures in different shapes. https://developer.mixpanel.com/reference/overview */
export function createErrorReply(
  family: Family,
  { path, params }: SandboxRequest,
  status: number,
  error: string,
): Reply {
  switch (family) {
    case 'query':
      return jsonReply(status, { request: `${path}${formatQueryString(params)}`, error });
    case 'app':
      return jsonReply(status, { status: 'error', error });
    case 'export':
      return jsonReply(status, { error });
    case 'ingestion':
      return jsonReply(status, { code: status, error, status: STATUS_TEXTS[status] ?? 'Error' });
  }
}

const STATUS_TEXTS: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
};

function formatQueryString(params: Record<string, unknown>): string {
  const pairs = Object.entries(params).map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}
