/** One request the sandbox received. Never holds a password, a header or a body. */
export interface LoggedRequest {
  /** Counts from 1 since the sandbox started, across `clear`. */
  id: number;
  /** When it was received, epoch milliseconds of the sandbox's clock. */
  at: number;
  method: string;
  path: string;
  /** URL and body parameters, merged; long texts shortened, what is called a secret left out. */
  params: Record<string, unknown>;
  /** The service account's username, where one was recognised. */
  account?: string;
  project?: string;
  /** The kind of fault it met, if any. */
  fault?: string;
  /** Absent until the answer is decided; 0 where a fault let there be none. */
  status?: number;
  /** Whether it spends quota. */
  charged: boolean;
  /** Bytes of the answer's body as sent, after compression. */
  bytes: number;
  /** Whether the answer was sent to its end; false while it is under way, and where a fault or the caller cut it. */
  complete: boolean;
}

/** What is known of a request when it comes in. */
export type ReceivedRequest = Pick<LoggedRequest, 'at' | 'method' | 'path' | 'params'>;

/** The last requests in the order in which they came; an older one makes room for a newer. */
export interface RequestLog {
  /** Takes a request in; the function it returns adds what is learnt of it later. */
  add(request: ReceivedRequest): (details: Partial<Omit<LoggedRequest, 'id'>>) => void;
  list(): readonly LoggedRequest[];
  clear(): void;
}

const MAX_TEXT_CHARS = 4096;
const SECRET_NAME_PATTERN = /secret|password|api_key|^sig$/i;

/** @param capacity requests kept. */
export function createRequestLog(capacity = 1000): RequestLog {
  let entries: LoggedRequest[] = [];
  let count = 0;
  return {
    add({ at, method, path, params }) {
      count += 1;
      const entry: LoggedRequest = {
        id: count,
        at,
        method,
        path,
        params: shortenParams(params),
        charged: false,
        bytes: 0,
        complete: false,
      };
      entries.push(entry);
      // Trimming in halves keeps `add` cheap however large the capacity.
      if (entries.length >= capacity * 2) entries = entries.slice(-capacity);
      return (details) => {
        Object.assign(entry, details);
      };
    },
    list: () => entries.slice(-capacity).map((entry) => ({ ...entry })),
    clear() {
      entries = [];
    },
  };
}

function shortenParams(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (SECRET_NAME_PATTERN.test(name)) return [name, '(not kept)'];
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      if (text.length <= MAX_TEXT_CHARS) return [name, value];
      return [name, `${text.slice(0, MAX_TEXT_CHARS)}… (${text.length} characters)`];
    }),
  );
}
