/** One request the sandbox received. Never holds a password, a header or a body. */
export interface LoggedRequest {
  /** Counts from 1 since the sandbox started, across `clear`. */
  id: number;
  /** Epoch milliseconds of the sandbox's clock. */
  at: number;
  method: string;
  path: string;
  /** URL and body parameters, merged; long texts shortened, what is called a secret left out. */
  params: Record<string, unknown>;
  /** The service account's username, where one was recognised. */
  account?: string;
  project?: string;
  status: number;
  /** Bytes of the answer's body as sent, after compression. */
  bytes: number;
  /** Whether it spent quota. */
  charged: boolean;
  /** The kind of fault it met, if any. */
  fault?: string;
  /** False where the answer was cut, by a fault or by the caller leaving. */
  complete: boolean;
}

/** The last requests, oldest first; an older one makes room for a newer. */
export interface RequestLog {
  add(request: Omit<LoggedRequest, 'id'>): void;
  list(): readonly LoggedRequest[];
  clear(): void;
}

const TEXT_LIMIT_CHARS = 4096;
const SECRET_NAME = /secret|password|api_key|^sig$/i;

/** @param capacity requests kept. */
export function createRequestLog(capacity = 1000): RequestLog {
  let kept: LoggedRequest[] = [];
  let count = 0;
  return {
    add(request) {
      count += 1;
      kept.push({ ...request, params: shorten(request.params), id: count });
      // Trimming in halves keeps `add` cheap however large the capacity.
      if (kept.length >= capacity * 2) kept = kept.slice(-capacity);
    },
    list: () => kept.slice(-capacity),
    clear() {
      kept = [];
    },
  };
}

function shorten(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (SECRET_NAME.test(name)) return [name, '(not kept)'];
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      if (text.length <= TEXT_LIMIT_CHARS) return [name, value];
      return [name, `${text.slice(0, TEXT_LIMIT_CHARS)}… (${text.length} characters)`];
    }),
  );
}
