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

/** Error answers name their character set, unlike others (recorded in July 2026). */
const ERROR_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

/**
 * Returns a failure in the shape of its family, as recorded in `test/recorded` and described at
 * https://developer.mixpanel.com/reference/overview.
 */
export function createErrorReply(
  family: Family,
  { url }: Pick<SandboxRequest, 'url'>,
  status: number,
  error: string,
): Reply {
  switch (family) {
    case 'query':
      return jsonReply(status, { request: url, error }, ERROR_HEADERS);
    case 'app':
      return jsonReply(status, { status: 'error', error }, ERROR_HEADERS);
    case 'export':
      return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${error}\n` };
    case 'ingestion':
      return jsonReply(status, { code: status, error, status: STATUS_TEXTS[status] ?? 'Error' });
  }
}

const STATUS_TEXTS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
};
