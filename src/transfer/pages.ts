import { z } from 'zod';
import type { Fields, PagesDelivery } from '../command/definition.js';
import { PluginError } from '../errors.js';
import { readBody, shapeBody } from '../result/answer-formatter.js';
import { asPluginError, type HeaderValues } from '../result/query-result.js';
import { BackOff } from './back-off.js';
import { nameQuery, openToken, sealToken } from './resume-token.js';
import type { DeliveryCall, Piece } from './transfer.js';

/**
 * Pages asked for before their turn: twice the five that Mixpanel runs at a time, so that a slow page at the head
 * leaves no place empty.
 */
const PAGES_AHEAD = 10;

/** Where a list of pages stopped. */
const pointShape = z.object({
  sessionId: z.string(),
  /** The page to go on with, and the first of all. */
  next: z.number(),
  start: z.number(),
  total: z.number().optional(),
  rows: z.number(),
});

interface Page extends Piece {
  sessionId?: string;
  number: number;
  length: number;
  pageSize?: number;
  total?: number;
}

/**
 * Delivers the pages of one session, in order. The first counts against the quota and tells how many there are; the
 * others are free as long as they repeat its filter, and run as many at a time as the quota's places allow. So these
 * are asked for again where they fail, while the first fails like any other query.
 */
export async function* deliverPages(
  delivery: PagesDelivery<Fields, unknown>,
  call: DeliveryCall,
): AsyncGenerator<Piece> {
  const { command, input, context, port, options, onProgress } = call;
  const wanted = delivery.wanted(input);
  const query = nameQuery(command, input, context);
  const resumed = call.resumeToken === undefined ? undefined : openToken(query, call.resumeToken, pointShape);
  const progress = {
    rows: resumed?.rows ?? 0,
    bytes: 0,
    slicesDone: resumed ? resumed.next - resumed.start : 0,
    slicesTotal: 1,
  };

  async function ask(of: typeof input, uncounted: boolean): Promise<Page> {
    const backOff = new BackOff({ ...options, deadline: call.deadline, signal: call.signal });
    for (;;) {
      try {
        const answer = await port.send(command.request(of, context), { uncounted });
        const body = readBody(command, answer);
        const shaped = await shapeBody(command, of, body);
        const { sessionId, page, pageSize, total, length } = delivery.describe(body);
        return {
          items: Array.isArray(shaped.body) ? shaped.body : delivery.records(body),
          bytes: Buffer.byteLength(answer.text),
          answer: body,
          headers: shaped.headers,
          sessionId,
          number: page,
          pageSize,
          total,
          length,
        };
      } catch (thrown) {
        const error = asPluginError(thrown);
        // Asking again for what is counted would spend the project's quota on a guess.
        if (!uncounted) throw error;
        await backOff.after(error);
      }
    }
  }

  const first = resumed
    ? await ask(delivery.page(input, resumed.sessionId, resumed.next), true)
    : await ask(input, delivery.continues(input));
  const { sessionId } = first;
  const start = resumed?.start ?? first.number;
  const total = first.total ?? resumed?.total;
  const pageSize = first.pageSize ?? first.length;
  const known =
    total === undefined || pageSize === 0 ? Number.POSITIVE_INFINITY : Math.ceil(total / pageSize);
  const end = Math.min(known, wanted === 'all' ? Number.POSITIVE_INFINITY : start + wanted);

  function* arrive(page: Page): Generator<Piece> {
    progress.rows += page.length;
    progress.bytes += page.bytes;
    progress.slicesDone += 1;
    progress.slicesTotal = Math.max(progress.slicesDone, Number.isFinite(end) ? end - start : 0);
    const headers: HeaderValues = { ...first.headers, 'x-page': page.number, 'x-pages': progress.slicesDone };
    yield { items: page.items, bytes: page.bytes, answer: page.answer, headers };
    onProgress?.({ ...progress });
  }

  yield* arrive(first);
  if (!sessionId || first.length === 0 || first.length < pageSize) return;
  const ahead: Promise<Page>[] = [];
  let next = first.number + 1;
  for (;;) {
    while (ahead.length < PAGES_AHEAD && next < end) {
      const page = ask(delivery.page(input, sessionId, next), true);
      page.catch(() => undefined); // It is told when its turn comes, if ever.
      ahead.push(page);
      next += 1;
    }
    const page = ahead.shift();
    if (!page) return;
    const arrived = await page.catch((error: PluginError) => {
      const { rows, slicesDone } = progress;
      const point = { sessionId, next: start + slicesDone, start, total, rows };
      const token = call.resumable ? sealToken(query, point) : undefined;
      throw incomplete(error, rows, slicesDone, token);
    });
    if (arrived.length > 0) yield* arrive(arrived);
    if (arrived.length < pageSize) return;
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
