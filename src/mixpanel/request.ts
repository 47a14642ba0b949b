import type { Family } from './regions.js';

export type QueryValue = string | number | boolean | undefined;

/** One REST call to Mixpanel as data. `undefined` parameters are not sent. */
export interface MixpanelRequest {
  family: Family;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the host's root, e.g. `/api/query/events`. */
  path: string;
  query?: Record<string, QueryValue>;
  /** Sent form-encoded. */
  form?: Record<string, QueryValue>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent unchanged, with the content type in `headers`. */
  text?: string;
  /** Sent unchanged, with the content type and encoding in `headers`. */
  bytes?: Uint8Array;
  headers?: Record<string, string>;
  /** The project whose quota the request counts against, if any. */
  projectId?: string;
  /**
   * Which errors are answers that the command reads itself: `in-200`, an error in a 2xx; `failed-records`, a 400
   * that lists the records it did not take, or a 2xx that took only some of them. Any other error becomes a failure.
   */
  errorsRead?: 'in-200' | 'failed-records';
  /** `false` sends no Basic auth: `/track` knows the project by the token in each event. */
  authenticated?: boolean;
  /** Statuses other than 2xx whose body is an answer like any other, such as the 400 of a partial import. */
  answerStatuses?: readonly number[];
}
