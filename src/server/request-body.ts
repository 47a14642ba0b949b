import type { Context, MiddlewareHandler } from 'hono';
import { PluginError } from '../errors.js';
import { SECOND_MS } from '../time/durations.js';
import { callerOf } from './caller.js';
import type { InFlight } from './in-flight.js';
import { type Release, SharedBudget } from './shared-budget.js';

/** A client that sends nothing for longer has gone away, or is holding the connection open on purpose. */
const MAX_SILENCE_MS = 10 * SECOND_MS;
/** Memory for bodies that are being received, as a number of bodies of the maximum size. */
const MAX_LARGEST_BODIES = 16;

export interface BodyReaderOptions {
  inFlight: InFlight;
  /** Maximum bytes of a request. */
  maxBytes: number;
  /** Milliseconds without data after which reading a body fails. Defaults to 10 seconds. */
  maxSilenceMs?: number;
}

/** Reads request bodies completely before they take a slot, so that slow clients do not occupy slots. */
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

  /** Makes the body available to later handlers. `refuse` responds if it cannot be read. */
  middleware(refuse: (c: Context, error: PluginError) => Response): MiddlewareHandler {
    return async (c, next) => {
      const releases: Release[] = [];
      try {
        const body = await this.#read(c, releases);
        c.set(BODY, body);
        await next();
      } catch (error) {
        if (!PluginError.is(error)) throw error;
        // The rest of the body is not read, so the connection cannot be reused.
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

/** Returns the body read by the middleware. */
export function receivedBody(c: Context): Buffer<ArrayBuffer> {
  return c.get(BODY);
}
