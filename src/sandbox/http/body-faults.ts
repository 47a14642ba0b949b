import type { Fault } from '../control/faults.js';
import { splitLines } from '../records/lines.js';
import { type SendStep, toBytes } from './send-step.js';

const PADDING = Buffer.alloc(65_536, ' ');
const NEWLINE = Buffer.from('\n');

/** Applies a fault to the text of an answer, before any compression. */
export function applyBodyFault(
  body: AsyncIterable<Uint8Array>,
  fault: Fault | undefined,
): AsyncIterable<SendStep> {
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

/** Passes `lines` whole lines and then what `end` makes of the next line, which is empty after the last one. */
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

/** Stops after the first byte of a character of several bytes, or pauses there if `pauseMs` is given. */
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

/** Returns the middle of a line, moved on to the beginning of a character. */
function findMiddle(line: Uint8Array): number {
  let half = line.byteLength >> 1;
  while (half < line.byteLength && ((line[half] ?? 0) & 0xc0) === 0x80) half += 1;
  return half;
}
