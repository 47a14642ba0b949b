import type { Lookup } from '../command/lookup.js';
import type { ErrorDescription } from '../errors.js';
import type { Manifest } from '../hosts/appsmith/manifest/index.js';
import type { Region } from '../mixpanel/regions.js';
import type { QuotaStatus } from '../rate-limit/types.js';
import type { QueryFailure, QuerySuccess } from '../result/query-result.js';
import type { Row } from '../result/rows.js';

/** The types that the workbench's page and its API exchange. Both sides import this file. */

/** Header required on every call that changes something or spends quota. A page of another origin cannot set it. */
export const WORKBENCH_HEADER = 'x-workbench';

/** A datasource without its password, as the page sees it. */
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

/** One query of the page. */
export interface RunRequest {
  connectionId: string;
  command: string;
  /** Values of the form by field key. */
  parameters: Record<string, unknown>;
}

/**
 * A request for the options of a dropdown, or for what completes a filter: `field.completes` of the manifest names the
 * lookups of property names and of values, and `parameters.propertyName` the property whose values are listed. What a
 * lookup costs and depends on is in `LOOKUP_INFO`.
 */
export interface OptionsRequest extends RunRequest {
  lookup: Lookup;
  /** Returns only the entries that have all these words. */
  search?: string;
}

/** A query whose rows are saved to a file. */
export interface FileStreamRequest extends RunRequest {
  /** Continues after the last row of an interrupted stream. */
  resumeToken?: string;
}

/** A result as JSON. The error is replaced by its description, because an `Error` does not serialize. */
export type RunResult = QuerySuccess | (Omit<QueryFailure, 'error'> & { error: ErrorDescription });

/** Response to `POST run`. */
export interface RunResponse {
  result: RunResult;
  elapsedMs: number;
}

/** Response to `GET start`: everything the first screen needs, in one round trip. */
export interface StartResponse {
  manifest: Manifest;
  connections: ConnectionView[];
  /** Commands whose results can be streamed to a file. */
  streamable: string[];
  opening: {
    command: string;
    parameters: Record<string, unknown>;
    /** The result of the opening query; present if there is a sandbox to run it on. */
    answer?: RunResponse;
  };
}

/** Response to `POST time-zone`. */
export interface TimeZoneResponse {
  /** IANA name of the project's time zone; UTC if it cannot be found. */
  timezone: string;
  /** Why it cannot be found; continues a sentence. */
  unknownBecause?: string;
}

export interface SnippetsResponse {
  curl?: string;
  typescript: string;
  /** Why there is no cURL command; a sentence. */
  problem?: string;
}

/** Progress of a stream so far. */
export interface StreamProgress {
  rows: number;
  bytes: number;
  slicesDone: number;
  slicesTotal: number;
}

/** One line of the response to `POST stream`. The last one is `done` or `failure`. */
export type StreamLine =
  | { kind: 'rows'; rows: Row[] }
  | { kind: 'progress'; progress: StreamProgress }
  /** A notice about the rows: doubtful, skipped or truncated. */
  | { kind: 'message'; message: string }
  | { kind: 'done'; rows: number }
  | { kind: 'failure'; title: string; message: string; resumeToken?: string };

export interface ProblemResponse {
  error: string;
}

export type QuotaResponse = QuotaStatus;
