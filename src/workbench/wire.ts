import type { Lookup } from '../command/lookup.js';
import type { ErrorDescription } from '../errors.js';
import type { Manifest } from '../hosts/appsmith/manifest/index.js';
import type { Region } from '../mixpanel/regions.js';
import type { QuotaStatus } from '../rate-limit/types.js';
import type { QueryFailure, QuerySuccess } from '../result/query-result.js';
import type { Row } from '../result/rows.js';

/** What the workbench's page and its API say to each other; both sides import this file. */

/** The header every call that changes or spends something must carry; a foreign page cannot set it. */
export const WORKBENCH_HEADER = 'x-workbench';

/** A datasource as the page may know it: never with its password. */
export interface ConnectionView {
  id: string;
  name: string;
  kind: 'sandbox' | 'account';
  username: string;
  region: Region;
  projectId?: string;
}

/** The form's values, by the field keys of the datasource. */
export interface DatasourceValues {
  username?: string;
  password?: string;
  region?: string;
  projectId?: string;
}

/** One query as the page holds it. */
export interface RunRequest {
  connectionId: string;
  command: string;
  /** Values by field key, as the form has them. */
  parameters: Record<string, unknown>;
}

/** What a form's dropdown asks for. */
export interface OptionsRequest extends RunRequest {
  lookup: Lookup;
}

/** A query to be saved to a file. */
export interface FileStreamRequest extends RunRequest {
  /** Goes on after the rows of a stream that broke off. */
  resumeToken?: string;
}

/** A result as JSON: the error is described, since an `Error` has no JSON of its own. */
export type RunResult = QuerySuccess | (Omit<QueryFailure, 'error'> & { error: ErrorDescription });

/** Answer to `POST run`. */
export interface RunResponse {
  result: RunResult;
  elapsedMs: number;
}

/** Answer to `GET start`: all the first screen needs, in one round trip. */
export interface StartResponse {
  manifest: Manifest;
  connections: ConnectionView[];
  /** Commands whose result can be saved to a file while it streams. */
  streamable: string[];
  opening: {
    command: string;
    parameters: Record<string, unknown>;
    /** Already run, where there is a sandbox to run it on. */
    answer?: RunResponse;
  };
}

export interface SnippetsResponse {
  curl?: string;
  typescript: string;
  /** Why there is no cURL yet, in a sentence. */
  problem?: string;
}

/** Progress of a stream so far. */
export interface StreamProgress {
  rows: number;
  bytes: number;
  slicesDone: number;
  slicesTotal: number;
}

/** One line of the answer to `POST stream`. The last one is `done` or `failure`. */
export type StreamLine =
  | { kind: 'rows'; rows: Row[] }
  | { kind: 'progress'; progress: StreamProgress }
  /** What a person should know of the rows: doubtful, skipped, cut. */
  | { kind: 'message'; message: string }
  | { kind: 'done'; rows: number }
  | { kind: 'failure'; title: string; message: string; resumeToken?: string };

export interface ProblemResponse {
  error: string;
}

export type QuotaResponse = QuotaStatus;
