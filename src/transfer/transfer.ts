import type { Command, CommandContext } from '../command/definition.js';
import type { InputValues } from '../command/field.js';
import type { MixpanelResponse, StreamingResponse } from '../mixpanel/client.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { AnswerMeta } from '../result/query-result.js';
import type { TokenDates } from './resume-token.js';

/** Progress of a transfer. */
export interface TransferProgress {
  /** Rows handed over, or events sent. */
  rows: number;
  /** Bytes read or sent, uncompressed. */
  bytes: number;
  /** Slices, pages or batches done, and in all as far as is known. */
  slicesDone: number;
  slicesTotal: number;
  /**
   * Set at the end of a slice: a token with which another stream continues after the rows delivered so far. A consumer
   * that stores it with what it wrote can continue after a crash.
   */
  checkpoint?: string;
}

/** A part of what is transferred, small enough for memory. */
export interface Chunk {
  /** Rows or, where the query asks for raw, records as they came. */
  items: unknown[];
  /** The same as text, in place of `items`. */
  lines?: Lines;
  /** Bytes they took, uncompressed. */
  bytes: number;
  /** The answer they came in, if it is one document. */
  answer?: unknown;
  meta?: AnswerMeta;
  /** What a person should know of it. */
  messages?: string[];
}

/** Rows as NDJSON. */
export interface Lines {
  /** UTF-8, a row a line, each with a newline behind it. */
  bytes: Buffer;
  rows: number;
}

/** The form in which rows are wanted. `lines` is a wish: what comes as `items` is to be written by the reader. */
export type RowForm = 'items' | 'lines';

/** The client for one caller, its credentials and priority included. */
export interface TransferClient {
  open(request: MixpanelRequest): Promise<StreamingResponse>;
  send(request: MixpanelRequest, options?: { uncounted?: boolean }): Promise<MixpanelResponse>;
}

export interface TransferOptions {
  /** Milliseconds before a failed request is repeated, doubling each time. Defaults to 1,000. */
  retryPauseMs?: number;
  /** Failures in a row, without anything new in between, after which a transfer fails. Defaults to 5. */
  attempts?: number;
  /** Records a slice of an export should have. Defaults to 1,000,000. */
  recordsPerSlice?: number;
  /** Days of an export's first slice. Defaults to 31. */
  firstDays?: number;
  /** Slices of an export requested ahead. Defaults to 2. */
  slicesAhead?: number;
}

/** A transfer to run. */
export interface Transfer {
  command: Command;
  input: InputValues;
  context: CommandContext;
  client: TransferClient;
  options: TransferOptions;
  signal?: AbortSignal;
  /** Epoch milliseconds by which everything must have arrived. */
  deadline?: number;
  onProgress?: (progress: TransferProgress) => void;
  resumeToken?: string;
  /** The days that relative dates became. A token keeps them, since they are others tomorrow. */
  dates?: TokenDates;
  /** Defaults to `items`. */
  form?: RowForm;
  /** Whether the caller keeps what was delivered before a failure, and gets a token that continues after it. */
  resumable?: boolean;
}
