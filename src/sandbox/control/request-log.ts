/** One request the sandbox received. Never holds a password, a header or a body. */
export interface LoggedRequest {
  /** Counts from 1 since the sandbox started, across `clear`. */
  id: number;
  /** When it was received, epoch milliseconds of the sandbox's clock. */
  at: number;
  method: string;
  path: string;
  /** URL and body parameters, merged. Long texts are shortened, values named as secrets are removed. */
  params: Record<string, unknown>;
  /** The service account's username, if one was recognized. */
  account?: string;
  project?: string;
  /** The kind of fault that applied, if any. */
  fault?: string;
  /** Absent until the answer is decided; 0 if a fault prevented an answer. */
  status?: number;
  /** Whether the call counts against the quota. */
  charged: boolean;
  /** Bytes of the answer's body as sent, after compression. */
  bytes: number;
  /** Whether the answer was sent completely. False while it is being sent, or if a fault or the caller cut it. */
  complete: boolean;
}

/** What is known when a request arrives. */
export type ReceivedRequest = Pick<LoggedRequest, 'at' | 'method' | 'path' | 'params'>;

/** The most recent requests, oldest first. */
export interface RequestLog {
  /** Logs a request. The returned function adds details that are known later. */
  add(request: ReceivedRequest): (details: Partial<Omit<LoggedRequest, 'id'>>) => void;
  list(): readonly LoggedRequest[];
  clear(): void;
}

const MAX_TEXT_CHARS = 4096;
const SECRET_NAME_PATTERN = /secret|password|api_key|^sig$/i;

/** @param capacity how many requests are kept. */
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
      // Trimming only at twice the capacity keeps `add` cheap.
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
      if (SECRET_NAME_PATTERN.test(name)) return [name, '(removed)'];
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      if (text.length <= MAX_TEXT_CHARS) return [name, value];
      return [name, `${text.slice(0, MAX_TEXT_CHARS)}… (${text.length} characters)`];
    }),
  );
}
