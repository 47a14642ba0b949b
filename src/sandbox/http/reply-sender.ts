import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Fault } from '../control/faults.js';
import type { Reply } from '../endpoint/definition.js';
import { splitLines } from '../records/lines.js';

/** Mixpanel compresses an export only above this size; the other answers are taken to be like it. https://developer.mixpanel.com/reference/raw-event-export */
const GZIP_ABOVE_BYTES = 1400;
/** A reset throws away what the other side has not read yet; so long it gets to read. */
const LINGER_MS = 20;
const PAD = Buffer.alloc(65_536, ' ');
const NEWLINE = Buffer.from('\n');

export interface DeliveryOptions {
  /** What goes wrong on the way. */
  fault?: Fault;
  /** Whether the caller takes gzip. */
  acceptsGzip?: boolean;
}

export interface Delivered {
  /** Bytes of the body as sent. */
  bytes: number;
  /** Whether the answer ended as HTTP says it should. */
  complete: boolean;
}

/** One step of sending: bytes, a pause, or the end of the connection. */
type Step = Uint8Array | { pauseMs: number } | 'reset';

/**
 * Sends a reply, with its fault if it has one. Every wait ends as soon as the caller or the server hangs up.
 * Resolves when the last byte is handed to the socket or the connection is gone; rejects only when the reply's
 * own body fails, after cutting the connection.
 */
export async function deliver(
  response: ServerResponse,
  reply: Reply,
  { fault, acceptsGzip = false }: DeliveryOptions = {},
): Promise<Delivered> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  // Who left while the answer was being made would never be heard leaving.
  if (response.destroyed) leave();
  let bytes = 0;
  try {
    if (fault?.kind === 'latency') await pause(fault.ms, gone.signal);
    if (fault?.kind === 'reset') return hangUp(response, bytes);

    const text = alterText(toBytes(reply.body), fault);
    const wire = await encode(text, fault, acceptsGzip);
    const headers = { ...reply.headers, ...wire.headers };
    if (fault?.kind === 'content-type') headers['content-type'] = fault.type;
    if (gone.signal.aborted) return { bytes, complete: false };
    response.writeHead(reply.status, headers);
    if (fault?.kind === 'slow-first-byte') {
      response.flushHeaders();
      await pause(fault.ms, gone.signal);
    }

    for await (const step of slow(wire.steps, fault)) {
      if (gone.signal.aborted) return { bytes, complete: false };
      if (step === 'reset') {
        await pause(LINGER_MS, gone.signal);
        return hangUp(response, bytes);
      }
      if ('pauseMs' in step) await pause(step.pauseMs, gone.signal);
      else {
        bytes += step.byteLength;
        if (!response.write(step)) await once(response, 'drain', { signal: gone.signal });
      }
    }
    response.end();
    return { bytes, complete: true };
  } catch (error) {
    if (gone.signal.aborted) return { bytes, complete: false };
    hangUp(response, bytes);
    throw error;
  } finally {
    response.off('close', leave);
  }
}

/** What happens to the text of the answer, before any compression. */
function alterText(body: AsyncIterable<Uint8Array>, fault: Fault | undefined): AsyncIterable<Step> {
  switch (fault?.kind) {
    case 'reset-in-body':
      return fault.afterLines === undefined ? body : cutLines(body, fault.afterLines, () => ['reset']);
    case 'terminated-early':
      return cutLines(body, fault.afterLines, () => [Buffer.from(`${fault.words}\n`)]);
    case 'truncated-line':
      return cutLines(body, fault.afterLines, (next) => [next.subarray(0, halfOf(next))]);
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
async function encode(text: AsyncIterable<Step>, fault: Fault | undefined, acceptsGzip: boolean) {
  // A compressor would hold back what comes before a pause or a reset.
  const plain =
    fault?.kind === 'split-character' || (fault?.kind === 'reset-in-body' && fault.afterLines !== undefined);
  if (plain || (fault?.kind === 'gzip' && !fault.on)) return { headers: {}, steps: text };

  const forced = fault?.kind === 'gzip' || fault?.kind === 'cut-gzip';
  const { head, rest } = await peek(text, GZIP_ABOVE_BYTES);
  if (forced || (acceptsGzip && sizeOf(head) > GZIP_ABOVE_BYTES)) {
    const steps = compress(chain(head, rest));
    return {
      headers: { 'content-encoding': 'gzip' },
      steps: fault?.kind === 'cut-gzip' ? withoutEnd(steps, fault.missingBytes) : steps,
    };
  }
  const headers: Record<string, string> = rest || fault ? {} : { 'content-length': String(sizeOf(head)) };
  return { headers, steps: chain(head, rest) };
}

/** What happens to the bytes on the wire. */
async function* slow(steps: AsyncIterable<Step>, fault: Fault | undefined): AsyncGenerator<Step> {
  let left = fault?.kind === 'reset-in-body' && fault.afterLines === undefined ? fault.afterBytes : undefined;
  for await (const step of steps) {
    if (!(step instanceof Uint8Array)) yield step;
    else if (left !== undefined && step.byteLength >= left) {
      yield step.subarray(0, left);
      yield 'reset';
    } else if (fault?.kind === 'drip') {
      for (let at = 0; at < step.byteLength; at += fault.bytes) {
        yield step.subarray(at, at + fault.bytes);
        yield { pauseMs: fault.everyMs };
      }
    } else {
      if (left !== undefined) left -= step.byteLength;
      yield step;
    }
  }
  // An answer too short for the fault is cut at its end.
  if (left !== undefined) yield 'reset';
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
async function* cutLines(
  body: AsyncIterable<Uint8Array>,
  lines: number,
  end: (next: Uint8Array) => Step[],
): AsyncGenerator<Step> {
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
      const half = halfOf(line);
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
): AsyncGenerator<Step> {
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
  for (; missing > 0; missing -= PAD.byteLength) yield PAD.subarray(0, missing);
}

async function* withoutEnd(steps: AsyncIterable<Step>, missing: number): AsyncGenerator<Step> {
  let held = Buffer.alloc(0);
  for await (const step of steps) {
    if (!(step instanceof Uint8Array)) continue;
    const known = Buffer.concat([held, step]);
    const sure = Math.max(0, known.byteLength - missing);
    if (sure > 0) yield known.subarray(0, sure);
    held = known.subarray(sure);
  }
}

async function* compress(steps: AsyncIterable<Step>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  // The iteration below throws whatever went wrong; the callback only keeps it from being thrown twice.
  pipeline(Readable.from(bytesOf(steps), { objectMode: true }), gzip, () => {});
  yield* gzip;
}

async function* bytesOf(steps: AsyncIterable<Step>): AsyncGenerator<Uint8Array> {
  for await (const step of steps) if (step instanceof Uint8Array) yield step;
}

/** Takes steps until they are more than `size` bytes; `rest` is absent when that was all. */
async function peek(steps: AsyncIterable<Step>, size: number) {
  const iterator = steps[Symbol.asyncIterator]();
  const head: Step[] = [];
  while (sizeOf(head) <= size) {
    const { done, value } = await iterator.next();
    if (done) return { head };
    head.push(value);
  }
  return { head, rest: { [Symbol.asyncIterator]: () => iterator } };
}

async function* chain(head: readonly Step[], rest: AsyncIterable<Step> | undefined): AsyncGenerator<Step> {
  yield* head;
  if (rest) yield* rest;
}

function sizeOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step instanceof Uint8Array ? step.byteLength : 0), 0);
}

/** The middle, moved on to where a character begins. */
function halfOf(line: Uint8Array): number {
  let half = line.byteLength >> 1;
  while (half < line.byteLength && ((line[half] ?? 0) & 0xc0) === 0x80) half += 1;
  return half;
}

function hangUp(response: ServerResponse, bytes: number): Delivered {
  if (response.socket) response.socket.resetAndDestroy();
  else response.destroy();
  return { bytes, complete: false };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', give);
      resolve();
    }, ms);
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
