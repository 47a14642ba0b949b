import type { ListDelivery } from '../command/definition.js';
import { PluginError } from '../errors.js';
import { ArrayItemReader } from '../json/array-items.js';
import { parseJson } from '../json/large-integers.js';
import { asPluginError } from '../result/query-result.js';
import { BackOff } from './back-off.js';
import type { DeliveryCall, Piece } from './transfer.js';

/**
 * Delivers the items of one long JSON document while it arrives. Where it breaks off before anything was delivered
 * it is asked for again; later its reader has to be told.
 */
export async function* deliverList(
  delivery: ListDelivery<unknown>,
  call: DeliveryCall,
): AsyncGenerator<Piece> {
  const { command, input, context, port, options, onProgress } = call;
  const backOff = new BackOff({ ...options, deadline: call.deadline, signal: call.signal });
  const progress = { rows: 0, bytes: 0, slicesDone: 0, slicesTotal: 1 };

  async function* read(): AsyncGenerator<Piece> {
    const answer = await port.open(command.request(input, context));
    const items = new ArrayItemReader();
    try {
      for await (const piece of answer.body) {
        progress.bytes += piece.length;
        const records = items.read(piece).map(parseJson);
        if (records.length === 0) continue;
        progress.rows += records.length;
        yield {
          items:
            input.response === 'raw'
              ? records
              : (command.rows(delivery.answerOf(records), input) as unknown[]),
          bytes: piece.length,
        };
        onProgress?.({ ...progress });
      }
    } finally {
      answer.destroy();
    }
    if (!items.complete || !items.arrayFound) throw cutOff();
    progress.slicesDone = 1;
    onProgress?.({ ...progress });
  }

  for (;;) {
    try {
      yield* read();
      return;
    } catch (thrown) {
      const error = asPluginError(thrown);
      if (progress.rows === 0) await backOff.after(error);
      else throw broken(error, progress.rows);
    }
  }
}

function cutOff(): PluginError {
  return new PluginError(
    'INCOMPLETE',
    "Mixpanel's answer ended before it was complete. Run the query again.",
  );
}

function broken(error: PluginError, rows: number): PluginError {
  if (!error.retryable) return error;
  const { retryAt, upstream, upstreamStatus } = error;
  return new PluginError(
    'INCOMPLETE',
    `${error.message} ${rows.toLocaleString('en-US')} rows had been delivered; the others are missing. Run the query again.`,
    { retryAt, upstream, upstreamStatus },
  );
}
