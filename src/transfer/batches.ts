import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { parseBody } from '../command/answer-formatter.js';
import type { Fields } from '../command/field.js';
import type { BatchReceipt, BatchSpec } from '../command/transfer-spec.js';
import { asPluginError, PluginError } from '../errors.js';
import type { Redactor } from '../mixpanel/redactor.js';
import type { FormattedAnswer } from '../result/query-result.js';
import type { Row } from '../result/rows.js';
import { BackOff } from './back-off.js';
import { ContentIds } from './content-ids.js';
import type { Transfer } from './transfer.js';

/** How a stretch of items, in the order of their coming, was taken. */
export interface BatchResult {
  /** Index of the first item. */
  first: number;
  items: number;
  accepted: number;
  /** A row for each item that was not accepted: status, index, what it is, reason. */
  rejected: Row[];
  /** Mixpanel's answer as it came; absent where nothing was sent. */
  answer?: unknown;
}

export interface BatchTransfer extends Transfer {
  /** Items to send instead of the input's own; each is judged by itself, and a wrong one is left out. */
  items?: AsyncIterable<unknown> | Iterable<unknown>;
  /** Whether `items` are as `spec.prepareRead` returns them, or undefined for those that cannot be sent. */
  arePrepared?: boolean;
  /** Items at the front of `items` that were sent before: they are read, since ids count equal items, but not sent. */
  skip?: number;
}

interface Item {
  index: number;
  value: unknown;
  json: string;
}

/** A stretch of items: those to be sent, and rows for those that are not fit to be. */
interface Batch {
  first: number;
  end: number;
  items: Item[];
  invalid: Row[];
  body: Promise<EncodedBody>;
}

/** A request's body, and the headers that tell how it is written. */
interface EncodedBody {
  bytes: Uint8Array;
  headers: Record<string, string>;
}

const MAX_REASON_CHARACTERS = 500;
const BRACKETS_BYTES = 2;
const COMMA_BYTES = 1;
/**
 * A smaller body goes out in one packet anyway, compressed or not; Mixpanel's own answers are not compressed either.
 * Source: https://developer.mixpanel.com/reference/raw-event-export
 */
const MIN_COMPRESSED_BYTES = 1400;
const compress = promisify(gzip);
const yieldToEventLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Sends items in batches, one after another, so that they arrive in order. The next batch is made while one is
 * under way. A batch is sent again only where that can help (429, 5xx, a lost connection); an id on each item
 * keeps such a repetition from doubling it.
 *
 * Yields one outcome for each stretch of items.
 *
 * @throws `PluginError` when a batch could not be sent, after yielding the outcomes of those before it.
 */
export async function* sendBatches(
  spec: BatchSpec<Fields, unknown>,
  transfer: BatchTransfer,
): AsyncGenerator<BatchResult> {
  const { command, input, context, client, options, onProgress } = transfer;
  const progress = { rows: 0, bytes: 0, slicesDone: 0, slicesTotal: 0 };

  async function sendWithRetry(batch: Batch): Promise<{ body: unknown; redactor: Redactor }> {
    const values = batch.items.map(({ value }) => value);
    const { json: _, ...request } = command.request(spec.withItems(input, values), context);
    const backOff = new BackOff({ ...options, deadline: transfer.deadline, signal: transfer.signal });
    const { bytes, headers } = await batch.body;
    for (;;) {
      try {
        const answer = await client.send({
          ...request,
          bytes,
          headers: { ...request.headers, ...headers },
        });
        return { body: parseBody(command, input, answer), redactor: answer.redactor };
      } catch (thrown) {
        await backOff.waitAfter(asPluginError(thrown));
      }
    }
  }

  async function* sendBatch(batch: Batch): AsyncGenerator<BatchResult> {
    const { first, end, items, invalid } = batch;
    if (items.length === 0) {
      yield { first, items: end - first, accepted: 0, rejected: invalid };
      return;
    }
    let body: unknown;
    let redactor: Redactor;
    try {
      ({ body, redactor } = await sendWithRetry(batch));
    } catch (thrown) {
      const error = asPluginError(thrown);
      if (error.code !== 'REQUEST_TOO_LARGE' || items.length < 2) throw error;
      const half = Math.ceil(items.length / 2);
      const middle = items[half]!.index;
      const isBeforeMiddle = ({ index }: Row) => Number(index) < middle;
      yield* sendBatch(toBatch(first, middle, items.slice(0, half), invalid.filter(isBeforeMiddle)));
      yield* sendBatch(
        toBatch(
          middle,
          end,
          items.slice(half),
          invalid.filter((row) => !isBeforeMiddle(row)),
        ),
      );
      return;
    }
    const checked = command.answer.safeParse(body);
    if (!checked.success && input.response === 'raw') {
      yield { first, items: end - first, accepted: 0, rejected: invalid, answer: body };
      return;
    }
    if (!checked.success) throw unexpectedAnswer(command.label);
    const receipt = spec.readReceipt(checked.data);
    progress.slicesDone += 1;
    const refused = toRefusalRows(receipt, items, redactor);
    yield {
      first,
      items: end - first,
      accepted: items.length - refused.length,
      rejected: [...invalid, ...refused],
      answer: body,
    };
  }

  function toRefusalRows(
    { accepted, reason = 'Mixpanel gave no reason.', rejected }: BatchReceipt,
    items: Item[],
    redactor: Redactor,
  ): Row[] {
    const quote = (text: string) => redactor.quote(text, MAX_REASON_CHARACTERS);
    if (rejected && rejected.length > 0) {
      return rejected.map(({ index, field, reason: message }) => {
        const item = index === undefined ? undefined : items[index];
        const row = rejectionRow(item?.value, item?.index, quote(message));
        return field ? { ...row, field } : row;
      });
    }
    if (accepted) return [];
    // Where Mixpanel answers for a request as a whole, its one reason is all that is known of each item.
    const message = quote(reason);
    return items.map(({ value, index }) => rejectionRow(value, index, message));
  }

  function rejectionRow(value: unknown, index: number | undefined, reason: string): Row {
    return { status: 'rejected', accepted: 0, index: index ?? null, ...spec.columnsOf(value), reason };
  }

  function toBatch(first: number, end: number, items: Item[], invalid: Row[]): Batch {
    const text = `[${items.map(({ json }) => json).join(',')}]`;
    progress.bytes += text.length;
    const body = encodeBody(text);
    body.catch(() => undefined); // Handled when the batch is sent.
    return { first, end, items, invalid, body };
  }

  async function* readBatches(): AsyncGenerator<Batch> {
    const { limits } = spec;
    const skip = transfer.skip ?? 0;
    let first = skip;
    let index = 0;
    let items: Item[] = [];
    let invalid: Row[] = [];
    let bytes = BRACKETS_BYTES;
    let charactersInTick = 0;
    // Two equal items of a form are two items; a list without end is sent again, and then they are the same.
    const makeId = transfer.items ? contentIdMaker() : callIdMaker();
    for await (const item of transfer.items ?? spec.items(input)) {
      // What a file's check has prepared need not be read once more.
      const prepared =
        transfer.arePrepared && item !== undefined ? { value: item } : spec.prepare(item, input);
      let problem = 'problem' in prepared ? prepared.problem : undefined;
      let value: unknown;
      let json = '';
      if ('value' in prepared) {
        value = spec.withId(prepared.value, () => makeId(prepared.value));
        if (index >= skip) {
          json = JSON.stringify(value);
          problem = transfer.items && spec.check(value, json, Date.now());
        }
      }
      if (index < skip) {
        index += 1;
        if (index % ITEMS_PER_TICK === 0) await yieldToEventLoop();
        continue;
      }
      const size = problem ? 0 : Buffer.byteLength(json) + COMMA_BYTES;
      if (index - first >= limits.items || (items.length > 0 && bytes + size > limits.bytes)) {
        yield toBatch(first, index, items, invalid);
        first = index;
        items = [];
        invalid = [];
        bytes = BRACKETS_BYTES;
      }
      if (problem) invalid.push(rejectionRow(item, index, problem));
      else {
        items.push({ index, value, json });
        bytes += size;
      }
      index += 1;
      charactersInTick += json.length;
      // Yields to the event loop, so that finished batches can be sent and other callers are served.
      if (index % ITEMS_PER_TICK === 0 || charactersInTick > CHARACTERS_PER_TICK) {
        charactersInTick = 0;
        await yieldToEventLoop();
      }
    }
    if (index > first) yield toBatch(first, index, items, invalid);
  }

  function contentIdMaker(): (value: unknown) => string {
    const ids = new ContentIds();
    return (value) => ids.next(spec.contentOf(value));
  }

  function callIdMaker(): () => string {
    const prefix = randomUUID().replaceAll('-', '').slice(0, ID_PREFIX_CHARACTERS);
    let count = 0;
    return () => `${prefix}-${(count++).toString(36)}`;
  }

  function reportProgress(result: BatchResult): BatchResult {
    progress.rows += result.items;
    progress.slicesTotal = Math.max(progress.slicesTotal, progress.slicesDone);
    onProgress?.({ ...progress });
    return result;
  }

  const batches = readBatches();
  const prefetched: Promise<IteratorResult<Batch>>[] = [batches.next()];
  try {
    for (;;) {
      const { value: batch, done } = await prefetched.shift()!;
      if (done) return;
      const results = sendBatch(batch);
      const first = results.next();
      first.catch(() => undefined); // Handled below.
      // Making the next batches keeps the process busy: the request has to be on its way before.
      await yieldToEventLoop();
      while (prefetched.length < MAX_PREFETCHED_BATCHES) {
        const next = batches.next();
        next.catch(() => undefined); // Handled in its turn.
        prefetched.push(next);
      }
      for (let result = await first; !result.done; result = await results.next())
        yield reportProgress(result.value);
    }
  } finally {
    await Promise.allSettled(prefetched);
    await batches.return(undefined);
  }
}

async function encodeBody(json: string): Promise<EncodedBody> {
  const headers = { 'Content-Type': 'application/json' };
  const plain = Buffer.from(json);
  if (plain.length < MIN_COMPRESSED_BYTES) return { bytes: plain, headers };
  const bytes = await compress(plain, { level: constants.Z_BEST_SPEED });
  return { bytes, headers: { ...headers, 'Content-Encoding': 'gzip' } };
}

const ITEMS_PER_TICK = 250;
const CHARACTERS_PER_TICK = 1_000_000;
/** Batches made before their turn, so that one is compressed while another is under way. */
const MAX_PREFETCHED_BATCHES = 2;

/** With a hyphen and the index this stays within the 36 characters of an `$insert_id`. */
const ID_PREFIX_CHARACTERS = 24;

/**
 * The table of a call whose items are all in its input: a first row that sums up, then a row for each item that was
 * not taken. Where a failure stops it half-way, the remaining items are reported as not sent.
 *
 * @throws the failure itself when nothing had been accepted before it.
 */
export async function summarizeBatches(
  spec: BatchSpec<Fields, unknown>,
  transfer: BatchTransfer,
): Promise<FormattedAnswer> {
  const allItems = spec.items(transfer.input);
  const rows: Row[] = [];
  const answers: unknown[] = [];
  let accepted = 0;
  let processed = 0;
  const messages: string[] = [];
  try {
    for await (const result of sendBatches(spec, transfer)) {
      accepted += result.accepted;
      processed += result.items;
      rows.push(...result.rejected);
      if (result.answer !== undefined) answers.push(result.answer);
    }
  } catch (thrown) {
    const error = asPluginError(thrown);
    if (accepted === 0) throw error;
    messages.push(
      `Only the first ${processed.toLocaleString('en-US')} of ${allItems.length.toLocaleString('en-US')} were sent. ${error.message}`,
    );
    for (const [offset, item] of allItems.slice(processed).entries()) {
      rows.push({
        status: 'not sent',
        accepted: 0,
        index: processed + offset,
        ...spec.columnsOf(item),
        reason: error.message,
      });
    }
  }
  const meta = { accepted, batches: answers.length };
  if (transfer.input.response === 'raw') {
    return { body: answers.length === 1 ? answers[0] : answers, meta, messages };
  }
  const status = accepted === allItems.length ? 'ok' : accepted === 0 ? 'rejected' : 'partial';
  return { body: [{ status, accepted }, ...rows], meta, messages };
}

function unexpectedAnswer(label: string): PluginError {
  return new PluginError(
    'UNEXPECTED_ANSWER',
    `Mixpanel's answer to ${label} is not what its API promises. Whether the events were taken is not known; each has an $insert_id, so sending them again does no harm.`,
  );
}
