import { formatAnswer } from '../command/answer-formatter.js';
import { isRows } from '../result/rows.js';
import type { Chunk, Transfer } from './transfer.js';

/** Streams the rows of one answer. */
export async function* streamSingle({
  command,
  input,
  context,
  client,
  onProgress,
}: Transfer): AsyncGenerator<Chunk> {
  const answer = await client.send(command.request(input, context));
  const { body, meta, messages } = await formatAnswer(command, input, answer, context);
  const items = isRows(body) ? body : [body];
  const bytes = Buffer.byteLength(answer.text);
  yield { items, bytes, answer: body, meta, messages };
  onProgress?.({ rows: items.length, bytes, slicesDone: 1, slicesTotal: 1 });
}
