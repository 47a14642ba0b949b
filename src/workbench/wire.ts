import type { Lookup } from '../command/lookup.js';
import type { ErrorCode, ErrorDescription, Issue } from '../errors.js';
import type { Manifest } from '../hosts/appsmith/manifest/index.js';
import type { Region } from '../mixpanel/regions.js';
import type { QuotaStatus } from '../rate-limit/types.js';
import type { ColumnType } from '../records/column-types.js';
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
  /** Token of the sandbox's project. Those of accounts are not known. */
  projectToken?: string;
}

/** The form's values, by the field keys of the datasource. */
export interface DatasourceValues {
  /** What the menu shows. Defaults to a part of the username. */
  name?: string;
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
  /** Names the stream for `POST streams/:id/stop`. */
  streamId?: string;
}

/** A result as JSON. The error is replaced by its description, because an `Error` does not serialize. */
export type RunResult = QuerySuccess | (Omit<QueryFailure, 'error'> & { error: ErrorDescription });

/** A request to Mixpanel without its credentials. Secrets of the form are placeholders. */
export interface SentRequest {
  method: string;
  /** URL without its query. */
  address: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  form: Record<string, string>;
  /** Body sent as JSON. */
  json?: string;
  /** Body sent as it stands. */
  text?: string;
  /** Whether it is sent with the credentials of the datasource. */
  authenticated: boolean;
}

/** Response to `POST run`. */
export interface RunResponse {
  result: RunResult;
  elapsedMs: number;
  /** The request of this query, the first if it sends several. Absent if the form is not valid. */
  sent?: SentRequest;
  /** What Appsmith receives beside the body, by name. */
  headers: Record<string, string>;
}

/** Response to `GET start`: everything the first screen needs, in one round trip. */
export interface StartResponse {
  manifest: Manifest;
  connections: ConnectionView[];
  /** Commands whose results can be streamed to a file. */
  streamable: string[];
  /** Commands that take the events of a file. */
  uploadable: string[];
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

/** A field of a host's form, and what to type into it. */
export interface QueryField {
  label: string;
  value: string;
}

/** A query as a host takes it. */
export interface HostSnippet {
  host: string;
  /** Where it goes. */
  hint: string;
  text: string;
}

/** Response to `POST snippets`: the query as it is used elsewhere, with names of variables for secrets. */
export interface SnippetsResponse {
  /** What to type into Appsmith's form. */
  fields: QueryField[];
  cli?: string;
  curl?: string;
  typescript: string;
  hosts: HostSnippet[];
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
  | { kind: 'failure'; code: ErrorCode; title: string; message: string; resumeToken?: string };

/** How the events of a file are read and sent; the options of `track` on the command line. */
export interface FileOptions {
  /** Project token of events without one. */
  token?: string;
  /** Sends by `/import`, with the datasource's service account. */
  import?: boolean;
  projectId?: string;
  timezone?: string;
  dateFormat?: string;
  encoding?: string;
  delimiter?: string;
  /** Mixpanel's names, by the fields that take their place; '' sends events without the name. */
  map?: Record<string, string>;
  /** Types of CSV columns in place of the ones their cells have. */
  types?: Record<string, ColumnType>;
}

/** Body of `POST uploads/:id/check` and `POST uploads/:id/send`. */
export interface FileRequest {
  connectionId: string;
  options: FileOptions;
  /** Epoch seconds for events without a time. The same time makes a repetition the same events. */
  time: number;
}

/** Response to `POST uploads`. */
export interface UploadResponse {
  id: string;
  name: string;
}

/** Response to `POST uploads/:id/bytes`. The hash is there when the file is whole. */
export interface UploadedResponse {
  receivedBytes: number;
  hash?: string;
}

/** Records with one fault. */
export interface FileProblem {
  message: string;
  /** What came in the first of them, as JSON. */
  received?: string;
  count: number;
  /** Lines of the first of them. */
  places: number[];
}

/** An event as it would be sent, without its token. */
export interface FileEventView {
  line: number;
  event: string;
  /** ISO 8601; absent if Mixpanel sets it. */
  time?: string;
  properties: Record<string, unknown>;
}

/** What a file holds. */
export interface FileCheck {
  format: 'csv' | 'json';
  /** Columns of a CSV file; otherwise names found in the first records. */
  columns: { name: string; type?: ColumnType }[];
  /** What was assumed, a sentence each. */
  notes: string[];
  accepted: number;
  rejected: number;
  problems: FileProblem[];
  /** Whether some events got the time of the request. */
  timesAssumed: boolean;
  first: FileEventView[];
}

/** How much of a file has been dealt with. */
export interface FileProgress {
  records: number;
  accepted: number;
  rejected: number;
}

/** What became of a file. */
export interface FileSummary extends FileProgress {
  problems: FileProblem[];
  /** Records that can be downloaded, corrected and sent again. */
  rejectedRecords: number;
}

/** One line of the response to `POST uploads/:id/check` or `send`. The last one is not `progress`. */
export type FileLine =
  | { kind: 'progress'; progress: FileProgress }
  | { kind: 'checked'; check: FileCheck }
  | { kind: 'sent'; summary: FileSummary }
  | {
      kind: 'failure';
      title: string;
      message: string;
      /** Options that are wrong, by key of `FileOptions`. */
      issues?: Record<string, string>;
      /** What had been sent before it failed. */
      summary?: FileSummary;
    };

export interface ProblemResponse {
  error: string;
  /** What is wrong with single fields. */
  issues?: readonly Issue[];
}

export type QuotaResponse = QuotaStatus;
