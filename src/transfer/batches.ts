import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { BatchesDelivery, Fields } from '../command/definition.js';
import { PluginError } from '../errors.js';
import { readBody } from '../result/answer-formatter.js';
import { asPluginError } from '../result/query-result.js';
import type { Row } from '../result/rows.js';
import { BackOff } from './back-off.js';
import type { DeliveryCall } from './transfer.js';

/** How a stretch of items, in the order of their coming, was taken. */
export interface BatchOutcome {
  /** Index of the first item. */
  first: number;
  items: number;
  accepted: number;
  /** A row for each item that was not accepted: status, index, what it is, reason. */
  rejected: Row[];
  /** Mixpanel's answer as it came; absent where nothing was sent. */
  answer?: unknown;
}

export interface BatchesCall extends DeliveryCall {
  /** Items to send instead of the input's own; each is judged by itself, and a wrong one is left out. */
  items?: AsyncIterable<unknown> | Iterable<unknown>;
  /**
   * Makes the ids of items without one: the same seed gives the same item the same id, so that sending again after
   * a failure doubles nothing. Random by default.
   */
  idSeed?: string;
  /** Index of the first item of `items`; 0 by default. */
  firstIndex?: number;
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
  refused: Row[];
  body: Promise<Payload>;
}

/** A request's body, and the headers that tell how it is written. */
interface Payload {
  bytes: Uint8Array;
  headers: Record<string, string>;
}

const BRACKETS_BYTES = 2;
const COMMA_BYTES = 1;
/**
 * A smaller body goes out in one packet anyway, compressed or not; Mixpanel's own answers are not compressed either.
 * Source: https://developer.mixpanel.com/reference/raw-event-export
 */
const COMPRESSED_FROM_BYTES = 1400;
const compress = promisify(gzip);
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Sends items in batches, one after another, so that they arrive in order. The next batch is made while one is
 * under way. A batch is sent again only where that can help (429, 5xx, a lost connection); an id on each item
 * keeps such a repetition from doubling it.
 *
 * Yields one outcome for each stretch of items.
 *
 * @throws what kept a batch from being sent; everything before it has been told by its outcome.
 */
export async function* sendBatches(
  delivery: BatchesDelivery<Fields, unknown>,
  call: BatchesCall,
): AsyncGenerator<BatchOutcome> {
  const { command, input, context, port, options, onProgress, idSeed = randomUUID() } = call;
  const progress = { rows: 0, bytes: 0, slicesDone: 0, slicesTotal: 0 };

  async function ask(batch: Batch): Promise<unknown> {
    const values = batch.items.map(({ value }) => value);
    const { json: _, ...request } = command.request(delivery.batch(input, values), context);
    const backOff = new BackOff({ ...options, deadline: call.deadline, signal: call.signal });
    const { bytes, headers } = await batch.body;
    for (;;) {
      try {
        const answer = await port.send({
          ...request,
          bytes,
          headers: { ...request.headers, ...headers },
        });
        return readBody(command, answer);
      } catch (thrown) {
        await backOff.after(asPluginError(thrown));
      }
    }
  }

  async function* send(batch: Batch): AsyncGenerator<BatchOutcome> {
    const { first, end, items, refused } = batch;
    if (items.length === 0) {
      yield { first, items: end - first, accepted: 0, rejected: refused };
      return;
    }
    let body: unknown;
    try {
      body = await ask(batch);
    } catch (thrown) {
      const error = asPluginError(thrown);
      if (error.code !== 'REQUEST_TOO_LARGE' || items.length < 2) throw error;
      const half = Math.ceil(items.length / 2);
      const middle = items[half]!.index;
      const before = ({ index }: Row) => Number(index) < middle;
      yield* send(seal(first, middle, items.slice(0, half), refused.filter(before)));
      yield* send(
        seal(
          middle,
          end,
          items.slice(half),
          refused.filter((row) => !before(row)),
        ),
      );
      return;
    }
    const checked = command.answer.safeParse(body);
    if (!checked.success) throw unreadable(command.label);
    const { accepted, reason = 'Mixpanel gave no reason.' } = delivery.verdict(checked.data);
    progress.slicesDone += 1;
    yield {
      first,
      items: end - first,
      accepted: accepted ? items.length : 0,
      // Mixpanel answers for a request as a whole: its one reason is all that is known of each item.
      rejected: accepted
        ? refused
        : [...refused, ...items.map(({ value, index }) => rejection(value, index, reason))],
      answer: body,
    };
  }

  function rejection(value: unknown, index: number, reason: string): Row {
    return { status: 'rejected', accepted: 0, index, ...delivery.describe(value), reason };
  }

  function seal(first: number, end: number, items: Item[], refused: Row[]): Batch {
    const text = `[${items.map(({ json }) => json).join(',')}]`;
    progress.bytes += text.length;
    const body = writeBody(text);
    body.catch(() => undefined); // Told when the batch is sent, if it ever is.
    return { first, end, items, refused, body };
  }

  async function* fill(): AsyncGenerator<Batch> {
    const { most } = delivery;
    let first = call.firstIndex ?? 0;
    let index = first;
    let items: Item[] = [];
    let refused: Row[] = [];
    let bytes = BRACKETS_BYTES;
    const idPrefix = idSeed.replaceAll('-', '').slice(0, ID_SEED_CHARACTERS);
    for await (const given of call.items ?? delivery.items(input)) {
      const value = delivery.identified(given, () => `${idPrefix}-${index.toString(36)}`);
      const json = JSON.stringify(value) ?? 'null';
      const wrong = call.items && delivery.check(value, json, Date.now());
      const size = wrong ? 0 : Buffer.byteLength(json) + COMMA_BYTES;
      if (index - first >= most.items || (items.length > 0 && bytes + size > most.bytes)) {
        yield seal(first, index, items, refused);
        first = index;
        items = [];
        refused = [];
        bytes = BRACKETS_BYTES;
      }
      if (wrong) refused.push(rejection(given, index, wrong));
      else {
        items.push({ index, value, json });
        bytes += size;
      }
      index += 1;
      // A list at hand would keep the process from sending what is ready.
      if (index % ITEMS_A_TURN === 0) await nextTurn();
    }
    if (index > first) yield seal(first, index, items, refused);
  }

  function tell(outcome: BatchOutcome): BatchOutcome {
    progress.rows += outcome.items;
    progress.slicesTotal = Math.max(progress.slicesTotal, progress.slicesDone);
    onProgress?.({ ...progress });
    return outcome;
  }

  const batches = fill();
  const ahead: Promise<IteratorResult<Batch>>[] = [batches.next()];
  try {
    for (;;) {
      const { value: batch, done } = await ahead.shift()!;
      if (done) return;
      const outcomes = send(batch);
      const first = outcomes.next();
      first.catch(() => undefined); // Told below.
      // Making the next batches keeps the process busy: the request has to be on its way before.
      await nextTurn();
      while (ahead.length < BATCHES_AHEAD) {
        const next = batches.next();
        next.catch(() => undefined); // Told when its turn comes.
        ahead.push(next);
      }
      for (let told = await first; !told.done; told = await outcomes.next()) yield tell(told.value);
    }
  } finally {
    await Promise.allSettled(ahead);
    await batches.return(undefined);
  }
}

async function writeBody(json: string): Promise<Payload> {
  const headers = { 'Content-Type': 'application/json' };
  const plain = Buffer.from(json);
  if (plain.length < COMPRESSED_FROM_BYTES) return { bytes: plain, headers };
  const bytes = await compress(plain, { level: constants.Z_BEST_SPEED });
  return { bytes, headers: { ...headers, 'Content-Encoding': 'gzip' } };
}

const ITEMS_A_TURN = 250;
/** Batches made before their turn, so that one is compressed while another is under way. */
const BATCHES_AHEAD = 2;

/** With a hyphen and the index this stays within the 36 characters of an `$insert_id`. */
const ID_SEED_CHARACTERS = 24;

/**
 * The table of a call whose items are all in its input: a first row that sums up, then a row for each item that was
 * not taken. Where a failure stops it half-way, the items it left are told as not sent.
 *
 * @throws the failure itself when nothing had been accepted before it.
 */
export async function tabulateBatches(
  delivery: BatchesDelivery<Fields, unknown>,
  call: BatchesCall,
): Promise<{ body: unknown; headers: Record<string, number>; messages?: string[] }> {
  const all = delivery.items(call.input);
  const rows: Row[] = [];
  const answers: unknown[] = [];
  let accepted = 0;
  let done = 0;
  let messages: string[] | undefined;
  try {
    for await (const outcome of sendBatches(delivery, call)) {
      accepted += outcome.accepted;
      done += outcome.items;
      rows.push(...outcome.rejected);
      if (outcome.answer !== undefined) answers.push(outcome.answer);
    }
  } catch (thrown) {
    const error = asPluginError(thrown);
    if (accepted === 0) throw error;
    messages = [
      `Only the first ${done.toLocaleString('en-US')} of ${all.length.toLocaleString('en-US')} were sent. ${error.message}`,
    ];
    for (const [offset, item] of all.slice(done).entries()) {
      rows.push({
        status: 'not sent',
        accepted: 0,
        index: done + offset,
        ...delivery.describe(item),
        reason: error.message,
      });
    }
  }
  const headers = { 'x-accepted': accepted, 'x-batches': answers.length };
  if (call.input.response === 'raw') {
    return { body: answers.length === 1 ? answers[0] : answers, headers, messages };
  }
  const status = accepted === all.length ? 'ok' : accepted === 0 ? 'rejected' : 'partial';
  return { body: [{ status, accepted }, ...rows], headers, messages };
}

function unreadable(label: string): PluginError {
  return new PluginError(
    'UNEXPECTED_ANSWER',
    `Mixpanel's answer to ${label} is not what its API promises. Whether the events were taken is not known; each has an $insert_id, so sending them again does no harm.`,
  );
}
