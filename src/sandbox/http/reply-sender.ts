import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Fault } from '../control/faults.js';
import type { Reply } from '../endpoint/definition.js';
import { splitLines } from '../records/lines.js';

/** Mixpanel compresses an export only above this size; the other answers are taken to be like it. https://developer.mixpanel.com/reference/raw-event-export */
const GZIP_THRESHOLD_BYTES = 1400;
/** A reset throws away what the other side has not read yet; so long it gets to read. */
const RESET_DELAY_MS = 20;
const PADDING = Buffer.alloc(65_536, ' ');
const NEWLINE = Buffer.from('\n');

export interface SendOptions {
  /** What goes wrong on the way. */
  fault?: Fault;
  /** Whether the caller takes gzip. */
  acceptsGzip?: boolean;
}

export interface SendResult {
  /** Bytes of the body as sent. */
  bytes: number;
  /** Whether the answer ended as HTTP says it should. */
  complete: boolean;
}

/** One step of sending: bytes, a pause, or the end of the connection. */
type SendStep = Uint8Array | { pauseMs: number } | 'reset';

/**
 * Sends a reply, with its fault if it has one. Every wait ends as soon as the caller or the server hangs up.
 * Resolves when the last byte is handed to the socket or the connection is gone; rejects only when the reply's
 * own body fails, after cutting the connection.
 */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  { fault, acceptsGzip = false }: SendOptions = {},
): Promise<SendResult> {
  const closed = new AbortController();
  const onClose = () => closed.abort();
  response.once('close', onClose);
  // Who left while the answer was being made would never be heard leaving.
  if (response.destroyed) onClose();
  let bytes = 0;
  try {
    if (fault?.kind === 'latency') await sleep(fault.ms, closed.signal);
    if (fault?.kind === 'reset') return resetConnection(response, bytes);

    const text = applyBodyFault(toBytes(reply.body), fault);
    const encoded = await encode(text, fault, acceptsGzip);
    const headers = { ...reply.headers, ...encoded.headers };
    if (fault?.kind === 'content-type') headers['content-type'] = fault.type;
    if (closed.signal.aborted) return { bytes, complete: false };
    response.writeHead(reply.status, headers);
    if (fault?.kind === 'slow-first-byte') {
      response.flushHeaders();
      await sleep(fault.ms, closed.signal);
    }

    for await (const step of applyWireFault(encoded.steps, fault)) {
      if (closed.signal.aborted) return { bytes, complete: false };
      if (step === 'reset') {
        await sleep(RESET_DELAY_MS, closed.signal);
        return resetConnection(response, bytes);
      }
      if ('pauseMs' in step) await sleep(step.pauseMs, closed.signal);
      else {
        bytes += step.byteLength;
        if (!response.write(step)) await once(response, 'drain', { signal: closed.signal });
      }
    }
    response.end();
    return { bytes, complete: true };
  } catch (error) {
    if (closed.signal.aborted) return { bytes, complete: false };
    resetConnection(response, bytes);
    throw error;
  } finally {
    response.off('close', onClose);
  }
}

/** What happens to the text of the answer, before any compression. */
function applyBodyFault(body: AsyncIterable<Uint8Array>, fault: Fault | undefined): AsyncIterable<SendStep> {
  switch (fault?.kind) {
    case 'reset-in-body':
      return fault.afterLines === undefined ? body : cutAfterLines(body, fault.afterLines, () => ['reset']);
    case 'terminated-early':
      return cutAfterLines(body, fault.afterLines, () => [Buffer.from(`${fault.words}\n`)]);
    case 'truncated-line':
      return cutAfterLines(body, fault.afterLines, (next) => [next.subarray(0, findMiddle(next))]);
    case 'split-record':
      return splitLine(body, fault.line);
    case 'cut-character':
      return splitCharacter(body, undefined);
    case 'split-character':
      return splitCharacter(body, fault.pauseMs);
    case 'oversize':
      return pad(body, fault.bytes);
    case 'empty':
      return toBytes('');
    default:
      return body;
  }
}

/** Compresses where asked to, or where a fault says so; the length is stated where it is known. */
async function encode(text: AsyncIterable<SendStep>, fault: Fault | undefined, acceptsGzip: boolean) {
  // A compressor would hold back what comes before a pause or a reset.
  const plain =
    fault?.kind === 'split-character' || (fault?.kind === 'reset-in-body' && fault.afterLines !== undefined);
  if (plain || (fault?.kind === 'gzip' && !fault.on)) return { headers: {}, steps: text };

  const forced = fault?.kind === 'gzip' || fault?.kind === 'cut-gzip';
  const { head, rest } = await peek(text, GZIP_THRESHOLD_BYTES);
  if (forced || (acceptsGzip && countBytes(head) > GZIP_THRESHOLD_BYTES)) {
    const steps = compress(concat(head, rest));
    return {
      headers: { 'content-encoding': 'gzip' },
      steps: fault?.kind === 'cut-gzip' ? dropEnd(steps, fault.missingBytes) : steps,
    };
  }
  const headers: Record<string, string> = rest || fault ? {} : { 'content-length': String(countBytes(head)) };
  return { headers, steps: concat(head, rest) };
}

/** What happens to the bytes on the wire. */
async function* applyWireFault(
  steps: AsyncIterable<SendStep>,
  fault: Fault | undefined,
): AsyncGenerator<SendStep> {
  let remaining =
    fault?.kind === 'reset-in-body' && fault.afterLines === undefined ? fault.afterBytes : undefined;
  for await (const step of steps) {
    if (!(step instanceof Uint8Array)) yield step;
    else if (remaining !== undefined && step.byteLength >= remaining) {
      yield step.subarray(0, remaining);
      yield 'reset';
    } else if (fault?.kind === 'drip') {
      for (let at = 0; at < step.byteLength; at += fault.bytes) {
        yield step.subarray(at, at + fault.bytes);
        yield { pauseMs: fault.everyMs };
      }
    } else {
      if (remaining !== undefined) remaining -= step.byteLength;
      yield step;
    }
  }
  // An answer too short for the fault is cut at its end.
  if (remaining !== undefined) yield 'reset';
}

async function* toBytes(body: Reply['body']): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = Buffer.from(body);
    if (bytes.byteLength > 0) yield bytes;
    return;
  }
  for await (const chunk of body) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** Passes whole lines; what follows them is made from the next line, or from nothing where there is none. */
async function* cutAfterLines(
  body: AsyncIterable<Uint8Array>,
  lines: number,
  end: (next: Uint8Array) => SendStep[],
): AsyncGenerator<SendStep> {
  let passed = 0;
  for await (const line of splitLines(body)) {
    if (passed === lines) {
      yield* end(line);
      return;
    }
    passed += 1;
    yield line;
  }
  yield* end(new Uint8Array());
}

async function* splitLine(body: AsyncIterable<Uint8Array>, index: number): AsyncGenerator<Uint8Array> {
  let passed = 0;
  for await (const line of splitLines(body)) {
    if (passed === index) {
      const half = findMiddle(line);
      yield line.subarray(0, half);
      yield NEWLINE;
      yield line.subarray(half);
    } else yield line;
    passed += 1;
  }
}

/** Stops after the first byte of a character that has several; goes on after a pause, if one is given. */
async function* splitCharacter(
  body: AsyncIterable<Uint8Array>,
  pauseMs: number | undefined,
): AsyncGenerator<SendStep> {
  let found = false;
  for await (const chunk of body) {
    const lead = found ? -1 : chunk.findIndex((byte) => byte >= 0xc0);
    if (lead < 0) {
      yield chunk;
      continue;
    }
    found = true;
    yield chunk.subarray(0, lead + 1);
    if (pauseMs === undefined) return;
    yield { pauseMs };
    yield chunk.subarray(lead + 1);
  }
}

async function* pad(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let missing = bytes;
  for await (const chunk of body) {
    missing -= chunk.byteLength;
    yield chunk;
  }
  for (; missing > 0; missing -= PADDING.byteLength) yield PADDING.subarray(0, missing);
}

async function* dropEnd(steps: AsyncIterable<SendStep>, missing: number): AsyncGenerator<SendStep> {
  let buffered = Buffer.alloc(0);
  for await (const step of steps) {
    if (!(step instanceof Uint8Array)) continue;
    const combined = Buffer.concat([buffered, step]);
    const safe = Math.max(0, combined.byteLength - missing);
    if (safe > 0) yield combined.subarray(0, safe);
    buffered = combined.subarray(safe);
  }
}

async function* compress(steps: AsyncIterable<SendStep>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  // The iteration below throws whatever went wrong; the callback only keeps it from being thrown twice.
  pipeline(Readable.from(onlyBytes(steps), { objectMode: true }), gzip, () => {});
  yield* gzip;
}

async function* onlyBytes(steps: AsyncIterable<SendStep>): AsyncGenerator<Uint8Array> {
  for await (const step of steps) if (step instanceof Uint8Array) yield step;
}

/** Takes steps until they are more than `size` bytes; `rest` is absent when that was all. */
async function peek(steps: AsyncIterable<SendStep>, size: number) {
  const iterator = steps[Symbol.asyncIterator]();
  const head: SendStep[] = [];
  while (countBytes(head) <= size) {
    const { done, value } = await iterator.next();
    if (done) return { head };
    head.push(value);
  }
  return { head, rest: { [Symbol.asyncIterator]: () => iterator } };
}

async function* concat(
  head: readonly SendStep[],
  rest: AsyncIterable<SendStep> | undefined,
): AsyncGenerator<SendStep> {
  yield* head;
  if (rest) yield* rest;
}

function countBytes(steps: readonly SendStep[]): number {
  return steps.reduce((sum, step) => sum + (step instanceof Uint8Array ? step.byteLength : 0), 0);
}

/** The middle, moved on to where a character begins. */
function findMiddle(line: Uint8Array): number {
  let half = line.byteLength >> 1;
  while (half < line.byteLength && ((line[half] ?? 0) & 0xc0) === 0x80) half += 1;
  return half;
}

function resetConnection(response: ServerResponse, bytes: number): SendResult {
  if (response.socket) response.socket.resetAndDestroy();
  else response.destroy();
  return { bytes, complete: false };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
