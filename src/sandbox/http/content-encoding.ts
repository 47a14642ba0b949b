import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Fault } from '../control/faults.js';
import type { SendStep } from './send-step.js';
import { dropEnd } from './wire-faults.js';

/** Mixpanel compresses exports above this size; other answers are assumed to follow. https://developer.mixpanel.com/reference/raw-event-export */
const GZIP_THRESHOLD_BYTES = 1400;

/** Compresses a body if the caller takes gzip or a fault says so. States the length of a short body that stays plain. */
export async function encode(text: AsyncIterable<SendStep>, fault: Fault | undefined, acceptsGzip: boolean) {
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

async function* compress(steps: AsyncIterable<SendStep>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  // The iteration below throws the error; the callback keeps it from being thrown twice.
  pipeline(Readable.from(onlyBytes(steps), { objectMode: true }), gzip, () => {});
  yield* gzip;
}

async function* onlyBytes(steps: AsyncIterable<SendStep>): AsyncGenerator<Uint8Array> {
  for await (const step of steps) if (step instanceof Uint8Array) yield step;
}

/** Takes steps until they hold more than `size` bytes. `rest` is absent if there are no more. */
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
