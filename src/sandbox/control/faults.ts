import * as z from 'zod';
import { HOUR_MS } from '../../time/durations.js';
import { createLoadSheddingReply } from '../access/rate-limit-replies.js';
import { jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';

const count = z.number().int().nonnegative();
const pauseMs = z.number().nonnegative().max(HOUR_MS);
const status = z.number().int().min(200).max(599);

/** Selects the calls that a fault of any kind applies to. */
const MATCHER_FIELDS = {
  /** A path, or a prefix followed by `*`. */
  path: z.string().startsWith('/'),
  method: z.string().toUpperCase().optional(),
  /** Parameters the call must have, compared as text. */
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** Number of calls the fault applies to. */
  times: count.min(1).default(1),
  /** Number of matching calls that are answered normally first. */
  after: count.default(0),
};

/** Every kind of fault. A fault replaces the normal answer or alters it. */
const FAULT_SCHEMA = z.discriminatedUnion('kind', [
  // These replace the answer; the endpoint is not called.
  kind('status', {
    status,
    headers: z.record(z.string(), z.string()).optional(),
    /** Text is sent as is, anything else as JSON. */
    body: z.unknown().optional(),
  }),
  /** An HTML page of a proxy: 502 by default, or 200 as a login page has it. */
  kind('html', { status: status.default(502) }),
  /** 429 without any quota header. */
  kind('load-shed', {}),
  kind('redirect', { location: z.string(), status: status.default(302) }),
  /** Resets the connection before the first byte. */
  kind('reset', {}),

  // These delay the normal answer.
  /** Waits before the status line. */
  kind('latency', { ms: pauseMs }),
  /** Sends status and headers, waits, then sends the body. */
  kind('slow-first-byte', { ms: pauseMs }),
  /** Sends the body in chunks of `bytes` with a pause between them. */
  kind('drip', { bytes: count.min(1), everyMs: pauseMs }),

  // These cut the normal answer.
  /** Resets the connection within the body, after `afterLines` lines or, by default, `afterBytes` bytes. */
  kind('reset-in-body', { afterBytes: count.default(64), afterLines: count.optional() }),
  /** Ends an export as Mixpanel does when it aborts one: status 200, with bare words as the last line. */
  kind('terminated-early', { afterLines: count.default(0), words: z.string().default('terminated early') }),
  /** Sends `afterLines` whole lines and half of the next, then ends normally. */
  kind('truncated-line', { afterLines: count.default(0) }),
  /** Ends normally inside the first character of several bytes. */
  kind('cut-character', {}),
  /** Sends a gzip stream without the end of its trailer. */
  kind('cut-gzip', { missingBytes: count.min(1).default(4) }),
  kind('empty', {}),

  // These send the whole answer in an unusual form.
  /** Inserts a newline inside a record, as the raw export sometimes does. */
  kind('split-record', { line: count.default(0) }),
  /** Sends the first character of several bytes in two chunks. */
  kind('split-character', { pauseMs: pauseMs.default(20) }),
  /** Compresses the body, or sends it plain, whatever the request accepts. */
  kind('gzip', { on: z.boolean() }),
  kind('content-type', { type: z.string() }),
  /** Pads the answer with spaces to this length. */
  kind('oversize', { bytes: count.min(1) }),
]);

export type Fault = z.output<typeof FAULT_SCHEMA>;
export type FaultInput = z.input<typeof FAULT_SCHEMA>;
export type FaultKind = Fault['kind'];

/** The names of all kinds. */
export const FAULT_KINDS: readonly FaultKind[] = FAULT_SCHEMA.options.map(({ shape }) => shape.kind.value);

/** Returns the JSON schema of a fault. */
export function faultSchema(): object {
  return z.toJSONSchema(FAULT_SCHEMA, { io: 'input' });
}

/** An injected fault that still applies to some calls. */
export type PendingFault = Fault & { id: number };

/** The injected faults, oldest first. */
export interface Faults {
  /** Adds a fault or a list of faults, all or none. @throws z.ZodError listing every problem. */
  add(input: unknown): readonly PendingFault[];
  list(): readonly PendingFault[];
  /** Removes one fault, or all of them. */
  clear(id?: number): void;
  /** Returns the first fault that applies to this call, and counts the call. */
  take(request: Pick<SandboxRequest, 'method' | 'path' | 'params'>): Fault | undefined;
}

export function createFaults(): Faults {
  const pending: PendingFault[] = [];
  let count = 0;
  return {
    add(input) {
      const checked = Array.isArray(input) ? FAULT_SCHEMA.array().parse(input) : [FAULT_SCHEMA.parse(input)];
      const added = checked.map((fault) => {
        count += 1;
        return { ...fault, id: count };
      });
      pending.push(...added);
      return added;
    },
    list: () => pending.map((fault) => ({ ...fault })),
    clear(id) {
      const remaining = id === undefined ? [] : pending.filter((fault) => fault.id !== id);
      pending.splice(0, pending.length, ...remaining);
    },
    take(request) {
      const fault = pending.find((each) => matches(each, request));
      if (!fault) return undefined;
      if (fault.after > 0) {
        fault.after -= 1;
        return undefined;
      }
      fault.times -= 1;
      if (fault.times === 0) pending.splice(pending.indexOf(fault), 1);
      return fault;
    },
  };
}

/** Returns the answer that replaces the endpoint's, or `undefined` if the fault only alters it. */
export function createFaultReply(fault: Fault, projectId: string | undefined): Reply | undefined {
  switch (fault.kind) {
    case 'status':
      return createReply(fault.status, fault.headers, fault.body);
    case 'html':
      return {
        status: fault.status,
        headers: { 'content-type': 'text/html' },
        body: renderErrorPage(fault.status),
      };
    case 'load-shed':
      return createLoadSheddingReply(projectId ?? '');
    case 'reset':
      return { status: NO_STATUS, body: '' };
    case 'redirect':
      return { status: fault.status, headers: { location: fault.location }, body: '' };
    default:
      return undefined;
  }
}

/** Logged as the status of a call that got no answer. */
const NO_STATUS = 0;

function matches(
  fault: Fault,
  { method, path, params }: Pick<SandboxRequest, 'method' | 'path' | 'params'>,
): boolean {
  const samePath = fault.path.endsWith('*') ? path.startsWith(fault.path.slice(0, -1)) : path === fault.path;
  if (!samePath || (fault.method !== undefined && fault.method !== method)) return false;
  return Object.entries(fault.params ?? {}).every(([name, value]) => toText(params[name]) === String(value));
}

function toText(value: unknown): string | undefined {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function createReply(status: number, headers: Record<string, string> | undefined, body: unknown): Reply {
  if (typeof body === 'string' || body === undefined) {
    return { status, headers: { 'content-type': 'text/plain', ...headers }, body: body ?? '' };
  }
  return jsonReply(status, body, headers);
}

function renderErrorPage(status: number): string {
  const title = status === 502 ? '502 Bad Gateway' : `${status} Mixpanel`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
}

function kind<K extends string, S extends z.ZodRawShape>(name: K, shape: S) {
  return z.strictObject({ kind: z.literal(name), ...MATCHER_FIELDS, ...shape });
}
