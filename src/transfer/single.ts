import { shapeAnswer } from '../result/answer-formatter.js';
import { areRows } from '../result/rows.js';
import type { DeliveryCall, Piece } from './transfer.js';

/** Delivers what one answer holds. */
export async function* deliverSingle({
  command,
  input,
  context,
  port,
  onProgress,
}: DeliveryCall): AsyncGenerator<Piece> {
  const answer = await port.send(command.request(input, context));
  const { body, headers } = await shapeAnswer(command, input, answer);
  const items = areRows(body) ? body : [body];
  const bytes = Buffer.byteLength(answer.text);
  yield { items, bytes, answer: body, headers };
  onProgress?.({ rows: items.length, bytes, slicesDone: 1, slicesTotal: 1 });
}
