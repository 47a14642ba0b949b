import { z } from 'zod';
import { HOUR_MS } from '../../time/durations.js';
import { createLoadSheddingReply } from '../access/rate-limit-replies.js';
import { jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';

const count = z.number().int().nonnegative();
const pauseMs = z.number().nonnegative().max(HOUR_MS);
const status = z.number().int().min(200).max(599);

/** The calls that meet a fault, whatever its kind. */
const MATCHER_FIELDS = {
  /** The path, or its beginning with `*` at the end. */
  path: z.string().startsWith('/'),
  method: z.string().toUpperCase().optional(),
  /** Parameters the call must have, compared as text. */
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** Calls that meet it before it is gone. */
  times: count.min(1).default(1),
  /** Calls that pass unharmed first. */
  after: count.default(0),
};

/** What can go wrong, one entry per `kind`. Each takes the place of the answer or alters the true one. */
const FAULT_SCHEMA = z.discriminatedUnion('kind', [
  // In place of the answer; the endpoint is not asked.
  kind('status', {
    status,
    headers: z.record(z.string(), z.string()).optional(),
    /** Text as it is; anything else as JSON. */
    body: z.unknown().optional(),
  }),
  /** A page of the web server in front: 502 by default, 200 for a login page that pretends all is well. */
  kind('html', { status: status.default(502) }),
  /** 429 without any quota header. */
  kind('load-shed', {}),
  kind('redirect', { location: z.string(), status: status.default(302) }),
  /** The connection is reset before a single byte. */
  kind('reset', {}),

  // The true answer, late or slow.
  /** Waits before the status line. */
  kind('latency', { ms: pauseMs }),
  /** Sends status and headers, waits, then sends the body. */
  kind('slow-first-byte', { ms: pauseMs }),
  /** Sends the body in chunks of `bytes` with a pause between them. */
  kind('drip', { bytes: count.min(1), everyMs: pauseMs }),

  // The true answer, cut.
  /** Resets the connection within the body, after a number of lines or, without that, of bytes. */
  kind('reset-in-body', { afterBytes: count.default(64), afterLines: count.optional() }),
  /** Ends an export as Mixpanel does when it gives up: status 200, the bare words as the last line. */
  kind('terminated-early', { afterLines: count.default(0), words: z.string().default('terminated early') }),
  /** Sends a number of whole lines and half of the next, then ends cleanly. */
  kind('truncated-line', { afterLines: count.default(0) }),
  /** A clean end inside the first character of several bytes. */
  kind('cut-character', {}),
  /** A gzip stream that lacks the end of its trailer. */
  kind('cut-gzip', { missingBytes: count.min(1).default(4) }),
  kind('empty', {}),

  // The whole true answer, oddly wrapped.
  /** A newline inside a record, as the raw export has now and then. */
  kind('split-record', { line: count.default(0) }),
  /** The first character of several bytes arrives in two pieces. */
  kind('split-character', { pauseMs: pauseMs.default(20) }),
  /** Compresses the body, or sends it plain, whatever the request accepts. */
  kind('gzip', { on: z.boolean() }),
  kind('content-type', { type: z.string() }),
  /** Blank space after the answer until it is this long. */
  kind('oversize', { bytes: count.min(1) }),
]);

export type Fault = z.output<typeof FAULT_SCHEMA>;
export type FaultInput = z.input<typeof FAULT_SCHEMA>;
export type FaultKind = Fault['kind'];

/** Every kind there is. */
export const FAULT_KINDS: readonly FaultKind[] = FAULT_SCHEMA.options.map(({ shape }) => shape.kind.value);

/** What a fault may be, as a JSON schema. */
export function faultSchema(): object {
  return z.toJSONSchema(FAULT_SCHEMA, { io: 'input' });
}

/** A fault that waits for its calls. */
export type PendingFault = Fault & { id: number };

/** The faults in force, in the order in which they were injected. */
export interface Faults {
  /** Takes a fault or a list of them, all or none. @throws z.ZodError naming every mistake. */
  add(input: unknown): readonly PendingFault[];
  list(): readonly PendingFault[];
  /** Removes one, or all. */
  clear(id?: number): void;
  /** The first fault that concerns this call, counted as met. */
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

/** The answer a fault gives in the endpoint's place, or nothing when the true one is still wanted. */
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

/** What the log says of a call that got no answer. */
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
