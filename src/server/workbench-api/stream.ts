import { asPluginError } from '../../result.js';
import type { Row } from '../../row.js';
import type { Connection } from './sessions.js';
import type { QueryCall, StreamLine, StreamProgress } from './wire.js';

interface Streaming {
  stream(call: {
    datasource: Connection['datasource'];
    command: string;
    parameters: Record<string, unknown>;
    signal: AbortSignal;
    onProgress(progress: StreamProgress): void;
  }): AsyncIterable<Row>;
}

const BATCH_ROWS = 500;
const PROGRESS_EVERY_MS = 200;

/**
 * A long query as lines of JSON: batches of rows with the progress between them, then `done` or `failure`. The
 * rows are asked for only as fast as the page takes them; when it leaves, the query is given up.
 */
export function streamQuery(
  { plugin, datasource }: Connection,
  { command, parameters }: Omit<QueryCall, 'connectionId'>,
  left: AbortSignal,
): ReadableStream<Uint8Array> {
  const abort = new AbortController();
  left.addEventListener('abort', () => abort.abort(), { once: true });
  let progress: StreamProgress | undefined;
  const source = (plugin as Connection['plugin'] & Streaming).stream({
    datasource,
    command,
    parameters,
    signal: abort.signal,
    onProgress: (now) => {
      progress = now;
    },
  });
  const lines = linesOf(source, () => progress);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      abort.abort();
      await lines.return(undefined);
    },
  });
}

async function* linesOf(
  source: AsyncIterable<Row>,
  progressNow: () => StreamProgress | undefined,
): AsyncGenerator<StreamLine, undefined> {
  let rows: Row[] = [];
  let total = 0;
  let told = 0;
  try {
    for await (const row of source) {
      rows.push(row);
      total += 1;
      if (rows.length < BATCH_ROWS) continue;
      yield { kind: 'rows', rows };
      rows = [];
      const progress = progressNow();
      if (progress && Date.now() - told >= PROGRESS_EVERY_MS) {
        told = Date.now();
        yield { kind: 'progress', progress: { ...progress, rows: total } };
      }
    }
    if (rows.length > 0) yield { kind: 'rows', rows };
    const progress = progressNow();
    if (progress) yield { kind: 'progress', progress: { ...progress, rows: total } };
    yield { kind: 'done', rows: total };
  } catch (thrown) {
    const error = asPluginError(thrown);
    if (rows.length > 0) yield { kind: 'rows', rows };
    yield { kind: 'failure', title: error.title, message: error.message };
  }
}
