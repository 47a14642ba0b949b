import type { ListSpec } from '../command/transfer-spec.js';
import { asPluginError, PluginError } from '../errors.js';
import { ArrayItemReader } from '../json/array-items.js';
import { parseJson } from '../json/large-integers.js';
import { errorInAnswer } from '../mixpanel/error-mapping.js';
import { MAX_RECORD_BYTES, recordTooLargeError } from '../mixpanel/ndjson.js';
import { BackOff } from './back-off.js';
import type { Chunk, Transfer } from './transfer.js';

/** An error that came in place of the list has fewer. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Streams the items of one long JSON document while it arrives. Requests it again if it breaks off before anything was
 * delivered; later it throws.
 */
export async function* streamList(spec: ListSpec<unknown>, transfer: Transfer): AsyncGenerator<Chunk> {
  const { command, input, context, client, options, onProgress } = transfer;
  const backOff = new BackOff({ ...options, deadline: transfer.deadline, signal: transfer.signal });
  const progress = { rows: 0, bytes: 0, slicesDone: 0, slicesTotal: 1 };

  async function* readItems(): AsyncGenerator<Chunk> {
    const request = command.request(input, context);
    const answer = await client.open(request);
    const items = new ArrayItemReader();
    const beginning: Buffer[] = [];
    try {
      for await (const buffer of answer.body) {
        progress.bytes += buffer.length;
        if (progress.bytes <= MAX_ERROR_BYTES) beginning.push(buffer);
        const records = items.read(buffer).map(parseJson);
        if (items.pendingBytes > MAX_RECORD_BYTES) throw recordTooLargeError();
        if (records.length === 0) continue;
        progress.rows += records.length;
        yield {
          items:
            input.response === 'raw' ? records : (command.rows(spec.toAnswer(records), input) as unknown[]),
          bytes: buffer.length,
        };
        onProgress?.({ ...progress });
      }
    } finally {
      answer.destroy();
    }
    if (!items.complete || !items.arrayFound) {
      const text = Buffer.concat(beginning).toString('utf8');
      const error = errorInAnswer(
        { status: answer.status, headers: answer.headers, text },
        {
          family: request.family,
          region: context.region,
          projectId: request.projectId,
          redactor: answer.redactor,
        },
      );
      throw error ?? truncatedAnswer();
    }
    progress.slicesDone = 1;
    onProgress?.({ ...progress });
  }

  for (;;) {
    try {
      yield* readItems();
      return;
    } catch (thrown) {
      const error = asPluginError(thrown);
      if (progress.rows === 0) await backOff.waitAfter(error);
      else throw incompleteStream(error, progress.rows);
    }
  }
}

function truncatedAnswer(): PluginError {
  return new PluginError(
    'INCOMPLETE',
    "Mixpanel's answer ended before it was complete. Run the query again.",
  );
}

function incompleteStream(error: PluginError, rows: number): PluginError {
  if (!error.retryable) return error;
  const { retryAt, upstream, upstreamStatus } = error;
  return new PluginError(
    'INCOMPLETE',
    `${error.message} ${rows.toLocaleString('en-US')} rows had been delivered; the others are missing. Run the query again.`,
    { retryAt, upstream, upstreamStatus },
  );
}
