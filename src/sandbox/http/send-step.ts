import type { Reply } from '../endpoint/definition.js';

/** One step of sending: bytes, a pause, or the end of the connection. */
export type SendStep = Uint8Array | { pauseMs: number } | 'reset';

export async function* toBytes(body: Reply['body']): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = Buffer.from(body);
    if (bytes.byteLength > 0) yield bytes;
    return;
  }
  for await (const chunk of body) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
