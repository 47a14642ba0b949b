import type { Command, CommandContext } from '../command/definition.js';
import type { InputValues } from '../command/field.js';
import type { MixpanelResponse, StreamingResponse } from '../mixpanel/client.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { AnswerMeta } from '../result/query-result.js';

/** How far a delivery has come. */
export interface TransferProgress {
  /** Rows handed over, or events sent. */
  rows: number;
  /** Bytes read or sent, uncompressed. */
  bytes: number;
  /** Slices, pages or batches done, and in all as far as is known. */
  slicesDone: number;
  slicesTotal: number;
  /**
   * Given at the end of a slice: a token with which another stream delivers everything after the rows handed over
   * so far. A consumer that keeps it beside what it wrote can go on after its own death.
   */
  checkpoint?: string;
}

/** Some of what is delivered, small enough for memory. */
export interface Chunk {
  /** Rows or, where the query asks for raw, records as they came. */
  items: unknown[];
  /** Bytes they took, uncompressed. */
  bytes: number;
  /** The answer they came in, where it is one document. */
  answer?: unknown;
  meta?: AnswerMeta;
  /** What a person should know of it. */
  messages?: string[];
}

/** The way to Mixpanel, with everything about the caller settled. */
export interface TransferClient {
  open(request: MixpanelRequest): Promise<StreamingResponse>;
  send(request: MixpanelRequest, options?: { uncounted?: boolean }): Promise<MixpanelResponse>;
}

export interface TransferOptions {
  /** Milliseconds before a failed piece is asked for again, doubling; 1,000 by default. */
  retryPauseMs?: number;
  /** Failures in a row, without anything new between them, after which a delivery gives up; 5 by default. */
  attempts?: number;
  /** Records after which a slice of an export should end; 1,000,000 by default. */
  recordsPerSlice?: number;
  /** Days of an export's first slice; 31 by default. */
  firstDays?: number;
  /** Slices of an export asked for before their turn; 2 by default. */
  slicesAhead?: number;
}

/** One delivery to make. */
export interface Transfer {
  command: Command;
  input: InputValues;
  context: CommandContext;
  client: TransferClient;
  options: TransferOptions;
  signal?: AbortSignal;
  /** Epoch milliseconds by which everything must be there. */
  deadline?: number;
  onProgress?: (progress: TransferProgress) => void;
  resumeToken?: string;
  /** Whether what was delivered before a failure stays with the caller, who then gets a token to go on. */
  resumable?: boolean;
}
