import * as z from 'zod';
import { formatBody, parseBody } from '../command/answer-formatter.js';
import type { Fields } from '../command/field.js';
import type { PagesSpec } from '../command/transfer-spec.js';
import { asPluginError, PluginError } from '../errors.js';
import type { AnswerMeta } from '../result/query-result.js';
import { BackOff } from './back-off.js';
import { decodeToken, encodeToken, hashQuery } from './resume-token.js';
import type { Chunk, Transfer } from './transfer.js';

/**
 * Pages requested ahead: twice the five that Mixpanel runs at a time, so that a slow page at the head
 * leaves no place empty.
 */
const MAX_PREFETCHED_PAGES = 10;
/** A bound of ours: those recorded have fewer than 20. */
const MAX_SESSION_ID_CHARACTERS = 4096;

/** Where a list of pages stopped. */
const pointSchema = z
  .object({
    sessionId: z.string().max(MAX_SESSION_ID_CHARACTERS),
    /** The page to go on with. */
    next: z.int().nonnegative(),
    /** The first page of all. */
    start: z.int().nonnegative(),
    total: z.int().nonnegative().optional(),
    rows: z.int().nonnegative(),
  })
  .refine(({ start, next }) => start <= next);

interface Page extends Chunk {
  sessionId?: string;
  number: number;
  length: number;
  pageSize?: number;
  total?: number;
}

/**
 * Delivers the pages of one session, in order. The first counts against the quota and tells how many there are; the
 * others are free as long as they repeat its filter, and run as many at a time as the quota's places allow. So these
 * are retried when they fail, while the first fails like any other query.
 */
export async function* streamPages(
  spec: PagesSpec<Fields, unknown>,
  transfer: Transfer,
): AsyncGenerator<Chunk> {
  const { command, input, context, client, options, onProgress } = transfer;
  const maxPages = spec.maxPages(input);
  const queryHash = hashQuery(command, input, context);
  const resumed =
    transfer.resumeToken === undefined
      ? undefined
      : await decodeToken(queryHash, transfer.resumeToken, pointSchema);
  const progress = {
    rows: resumed?.rows ?? 0,
    bytes: 0,
    slicesDone: resumed ? resumed.next - resumed.start : 0,
    slicesTotal: 1,
  };

  async function fetchPage(pageInput: typeof input, uncounted: boolean): Promise<Page> {
    const backOff = new BackOff({ ...options, deadline: transfer.deadline, signal: transfer.signal });
    for (;;) {
      try {
        const answer = await client.send(command.request(pageInput, context), { uncounted });
        const body = parseBody(command, pageInput, answer);
        const formatted = await formatBody(command, pageInput, body, context);
        const { sessionId, page, pageSize, total, length } = spec.pageInfo(body);
        return {
          items: Array.isArray(formatted.body) ? formatted.body : spec.records(body),
          bytes: Buffer.byteLength(answer.text),
          answer: body,
          meta: formatted.meta,
          messages: formatted.messages,
          sessionId,
          number: page,
          pageSize,
          total,
          length,
        };
      } catch (thrown) {
        const error = asPluginError(thrown);
        // Repeating a request that counts would spend the project's quota on a guess.
        if (!uncounted) throw error;
        await backOff.waitAfter(error);
      }
    }
  }

  const first = resumed
    ? await fetchPage(spec.withPage(input, resumed.sessionId, resumed.next), true)
    : await fetchPage(input, spec.isContinuation(input));
  const { sessionId } = first;
  const start = resumed?.start ?? first.number;
  const total = first.total ?? resumed?.total;
  const pageSize = first.pageSize ?? first.length;
  const endOfSession =
    total === undefined || pageSize === 0 ? Number.POSITIVE_INFINITY : Math.ceil(total / pageSize);
  const end = Math.min(endOfSession, maxPages === 'all' ? Number.POSITIVE_INFINITY : start + maxPages);

  function* emitPage(page: Page): Generator<Chunk> {
    progress.rows += page.length;
    progress.bytes += page.bytes;
    progress.slicesDone += 1;
    progress.slicesTotal = Math.max(progress.slicesDone, Number.isFinite(end) ? end - start : 0);
    const meta: AnswerMeta = { ...first.meta, page: page.number, pages: progress.slicesDone };
    const { items, bytes, answer, messages } = page;
    yield { items, bytes, answer, meta, messages };
    onProgress?.({ ...progress });
  }

  yield* emitPage(first);
  if (!sessionId || first.length === 0 || first.length < pageSize) return;
  const prefetched: Promise<Page>[] = [];
  let next = first.number + 1;
  for (;;) {
    while (prefetched.length < MAX_PREFETCHED_PAGES && next < end) {
      const page = fetchPage(spec.withPage(input, sessionId, next), true);
      page.catch(() => undefined); // Handled in its turn.
      prefetched.push(page);
      next += 1;
    }
    const page = prefetched.shift();
    if (!page) return;
    const loaded = await page.catch(async (error: PluginError) => {
      const { rows, slicesDone } = progress;
      const point = { sessionId, next: start + slicesDone, start, total, rows };
      const token = transfer.resumable ? await encodeToken(queryHash, point) : undefined;
      throw incomplete(error, rows, slicesDone, token);
    });
    if (loaded.length > 0) yield* emitPage(loaded);
    if (loaded.length < pageSize) return;
  }
}

function incomplete(
  error: PluginError,
  rows: number,
  pages: number,
  resumeToken: string | undefined,
): PluginError {
  const { retryAt, upstream, upstreamStatus } = error;
  const next = resumeToken
    ? 'the resume token continues after them while Mixpanel keeps the session'
    : 'the others are missing. Run the query again';
  return new PluginError(
    error.code === 'CANCELLED' ? 'CANCELLED' : 'INCOMPLETE',
    `${error.message} ${rows.toLocaleString('en-US')} profiles on ${pages} pages had been delivered; ${next}.`,
    { retryAt, upstream, upstreamStatus, resumeToken },
  );
}
