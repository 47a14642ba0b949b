import { asPluginError } from '../../errors.js';
import type { RowStream } from '../../transfer/index.js';
import type { FileStreamRequest, StreamLine, StreamProgress } from '../wire.js';
import type { Connection } from './sessions.js';

const PROGRESS_INTERVAL_MS = 200;

/**
 * Streams a query as lines of JSON: batches of rows with progress in between, then `done` or `failure`. Reads rows
 * only as fast as the page consumes them, and aborts the query when the page disconnects.
 */
export function streamQuery(
  { plugin, datasource }: Connection,
  { command, parameters, resumeToken }: Omit<FileStreamRequest, 'connectionId' | 'streamId'>,
  /** Aborts when the page disconnects, or stops the stream: then its last line has a token to continue with. */
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const abortController = new AbortController();
  let progress: StreamProgress | undefined;
  const messages: string[] = [];
  const rows = plugin.stream({
    datasource,
    command,
    parameters,
    resumeToken,
    signal: AbortSignal.any([signal, abortController.signal]),
    onMessage: (message) => messages.push(message),
    onProgress: ({ rows, bytes, slicesDone, slicesTotal }) => {
      progress = { rows, bytes, slicesDone, slicesTotal };
    },
  });
  const lines = toStreamLines(rows, messages, () => progress);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    cancel: () => abortController.abort(),
  });
}

async function* toStreamLines(
  source: RowStream,
  messages: string[],
  getProgress: () => StreamProgress | undefined,
): AsyncGenerator<StreamLine, undefined> {
  let total = 0;
  let reportedAt = 0;
  const progressLine = function* (): Generator<StreamLine> {
    const progress = getProgress();
    if (progress) yield { kind: 'progress', progress: { ...progress, rows: total } };
  };
  try {
    for await (const rows of source.batches()) {
      total += rows.length;
      yield { kind: 'rows', rows };
      if (Date.now() - reportedAt < PROGRESS_INTERVAL_MS) continue;
      reportedAt = Date.now();
      yield* progressLine();
    }
    yield* progressLine();
    for (const message of messages) yield { kind: 'message', message };
    yield { kind: 'done', rows: total };
  } catch (thrown) {
    const { code, title, message, resumeToken } = asPluginError(thrown);
    yield* progressLine();
    yield { kind: 'failure', code, title, message, resumeToken };
  }
}
