import type { Fault } from '../control/faults.js';
import type { SendStep } from './send-step.js';

/** Applies a fault to the bytes on the wire. */
export async function* applyWireFault(
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

/** Passes everything but the last `missing` bytes. */
export async function* dropEnd(steps: AsyncIterable<SendStep>, missing: number): AsyncGenerator<SendStep> {
  let buffered = Buffer.alloc(0);
  for await (const step of steps) {
    if (!(step instanceof Uint8Array)) continue;
    const combined = Buffer.concat([buffered, step]);
    const safe = Math.max(0, combined.byteLength - missing);
    if (safe > 0) yield combined.subarray(0, safe);
    buffered = combined.subarray(safe);
  }
}
