import type { Context, MiddlewareHandler } from 'hono';
import { PluginError } from '../errors.js';
import { SECOND_MS } from '../time/durations.js';
import { callerOf } from './caller.js';
import type { InFlight } from './in-flight.js';
import { type Release, SharedBudget } from './shared-budget.js';

/** A sender that is silent for longer has gone, or holds the connection for its own sake. */
const MAX_SILENCE_MS = 10 * SECOND_MS;
/** How many bodies of the largest size may be held while they arrive; smaller ones are as many more. */
const MAX_LARGEST_BODIES = 16;

export interface BodyReaderOptions {
  inFlight: InFlight;
  /** Bytes a request may have. */
  maxBytes: number;
  /** Milliseconds without a byte after which a body is given up. Defaults to 10 seconds. */
  maxSilenceMs?: number;
}

/** Reads the bodies of requests whole, before they take a slot: what arrives slowly keeps nobody waiting. */
export class BodyReader {
  readonly #inFlight: InFlight;
  readonly #maxBytes: number;
  readonly #maxSilenceMs: number;
  readonly #bytes: SharedBudget;

  constructor({ inFlight, maxBytes, maxSilenceMs = MAX_SILENCE_MS }: BodyReaderOptions) {
    this.#inFlight = inFlight;
    this.#maxBytes = maxBytes;
    this.#maxSilenceMs = maxSilenceMs;
    const total = MAX_LARGEST_BODIES * maxBytes;
    this.#bytes = new SharedBudget(total, total - Math.floor(total / 4));
  }

  /** Makes the body available to the handlers that follow; `refuse` answers if it cannot be read. */
  middleware(refuse: (c: Context, error: PluginError) => Response): MiddlewareHandler {
    return async (c, next) => {
      const releases: Release[] = [];
      try {
        const body = await this.#read(c, releases);
        c.set(BODY, body);
        await next();
      } catch (error) {
        if (!PluginError.is(error)) throw error;
        // The rest of the body is not read, so nothing can follow it on this connection.
        c.header('connection', 'close');
        return refuse(c, error);
      } finally {
        for (const release of releases) release();
      }
    };
  }

  async #read(c: Context, releases: Release[]): Promise<Buffer<ArrayBuffer>> {
    if (Number(c.req.header('content-length') ?? 0) > this.#maxBytes) throw this.#tooLarge();
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const reader = c.req.raw.body?.getReader();
    while (reader) {
      const { value, done } = await this.#withinSilence(reader);
      if (done || !value) break;
      bytes += value.length;
      if (bytes > this.#maxBytes) throw this.#tooLarge();
      const release = this.#bytes.take(value.length, callerOf(c));
      if (typeof release === 'string') {
        throw this.#inFlight.busyError('is busy: it is receiving as much as it can hold.');
      }
      releases.push(release);
      chunks.push(value);
    }
    return Buffer.concat(chunks, bytes);
  }

  async #withinSilence(
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): Promise<{ done: boolean; value?: Uint8Array }> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#silent()), this.#maxSilenceMs);
    });
    try {
      return await Promise.race([reader.read(), silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  #tooLarge(): PluginError {
    return new PluginError(
      'REQUEST_TOO_LARGE',
      `The request is larger than the ${this.#maxBytes} bytes this service reads. Send fewer events at a time.`,
    );
  }

  #silent(): PluginError {
    return new PluginError(
      'TIMEOUT',
      `The request did not arrive: nothing came for ${Math.ceil(this.#maxSilenceMs / SECOND_MS)} seconds. Send it again.`,
    );
  }
}

const BODY = 'receivedBody';

/** Returns the body that the middleware has read. */
export function receivedBody(c: Context): Buffer<ArrayBuffer> {
  return c.get(BODY);
}
