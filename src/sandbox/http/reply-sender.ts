import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../control/faults.js';
import type { Reply } from '../endpoint/definition.js';
import { applyBodyFault } from './body-faults.js';
import { encode } from './content-encoding.js';
import { toBytes } from './send-step.js';
import { applyWireFault } from './wire-faults.js';

/** A reset discards what the caller has not read yet, so the caller gets this long to read. */
const RESET_DELAY_MS = 20;

export interface SendOptions {
  /** The fault to apply. */
  fault?: Fault;
  /** Whether the caller accepts gzip. */
  acceptsGzip?: boolean;
}

export interface SendResult {
  /** Bytes of the body as sent. */
  bytes: number;
  /** Whether the answer ended as HTTP says it should. */
  complete: boolean;
}

/**
 * Sends a reply with its fault, if any. Every wait ends when the caller or the server hangs up. Resolves when the
 * last byte is handed to the socket or the connection is gone. Rejects if the reply's own body fails, after cutting
 * the connection.
 */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  { fault, acceptsGzip = false }: SendOptions = {},
): Promise<SendResult> {
  const closed = new AbortController();
  const onClose = () => closed.abort();
  response.once('close', onClose);
  // A caller that left while the answer was being made emits no further 'close'.
  if (response.destroyed) onClose();
  let bytes = 0;
  try {
    if (fault?.kind === 'latency') await sleep(fault.ms, undefined, { signal: closed.signal });
    if (fault?.kind === 'reset') return resetConnection(response, bytes);

    const text = applyBodyFault(toBytes(reply.body), fault);
    const encoded = await encode(text, fault, acceptsGzip);
    const headers = { ...reply.headers, ...encoded.headers };
    if (fault?.kind === 'content-type') headers['content-type'] = fault.type;
    if (closed.signal.aborted) return { bytes, complete: false };
    response.writeHead(reply.status, headers);
    if (fault?.kind === 'slow-first-byte') {
      response.flushHeaders();
      await sleep(fault.ms, undefined, { signal: closed.signal });
    }

    for await (const step of applyWireFault(encoded.steps, fault)) {
      if (closed.signal.aborted) return { bytes, complete: false };
      if (step === 'reset') {
        await sleep(RESET_DELAY_MS, undefined, { signal: closed.signal });
        return resetConnection(response, bytes);
      }
      if ('pauseMs' in step) await sleep(step.pauseMs, undefined, { signal: closed.signal });
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

function resetConnection(response: ServerResponse, bytes: number): SendResult {
  if (response.socket) response.socket.resetAndDestroy();
  else response.destroy();
  return { bytes, complete: false };
}
