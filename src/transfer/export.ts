import type { DayRange, ExportDelivery, Fields } from '../command/definition.js';
import { PluginError } from '../errors.js';
import type { StreamingResponse } from '../mixpanel/client.js';
import { cancelledError } from '../mixpanel/error-mapping.js';
import { type ExportedRecord, RecordReader, readLineBlocks } from '../mixpanel/ndjson.js';
import { asPluginError } from '../result/query-result.js';
import { BackOff } from './back-off.js';
import { Fingerprint, FingerprintCounts, FingerprintLog } from './fingerprint.js';
import { halve, SlicePlan } from './ranges.js';
import { nameQuery, type ResumePoint, readToken, writeToken } from './resume-token.js';
import type { DeliveryCall, Piece } from './transfer.js';

const SLICES_AHEAD = 2;

/** A slice asked for; its body is read when its turn comes, and waits in the connection until then. */
interface OpenSlice {
  days: DayRange;
  answer: Promise<StreamingResponse>;
}

/**
 * Delivers a raw export: slice after slice, each whole.
 *
 * The export has no cursor, and nothing is promised about the order of its records. So what was delivered of the
 * slice under way is remembered, a fingerprint a record, and an attempt that breaks off is followed by another for
 * the same days whose records are passed over as often as they have been delivered before. That is right in any
 * order: Mixpanel's records only become more, so the delivered ones (a multiset) are all among those of the next
 * attempt, and what is left when they are taken away is exactly what is missing, duplicates that Mixpanel itself
 * holds included, and records that arrived between the attempts too. Days do not overlap, so a slice that is
 * complete can be forgotten: memory is bounded by one slice, eight bytes a record.
 */
export async function* deliverExport(
  delivery: ExportDelivery<Fields>,
  call: DeliveryCall,
): AsyncGenerator<Piece> {
  const { command, input, context, options, onProgress } = call;
  const query = nameQuery(command, input, context);
  const resumed = call.resumeToken === undefined ? undefined : readToken(query, call.resumeToken);
  const limit = delivery.limit(input) ?? Number.POSITIVE_INFINITY;
  const dedupe = delivery.dedupe(input);
  const plan = planFor(delivery, call, resumed);
  const fingerprint = new Fingerprint();
  const progress = { rows: resumed?.rows ?? 0, bytes: 0, slicesDone: 0 };
  const backOff = new BackOff({ ...options, deadline: call.deadline, signal: call.signal });
  const ahead: OpenSlice[] = [];

  /** What is under way: the days still to be read, and what was delivered of them. */
  let begun: DayRange[] = resumed?.begun ?? [];
  let delivered = resumed?.delivered ?? new FingerprintLog();

  const report = (checkpoint?: string) =>
    onProgress?.({ ...progress, slicesTotal: Math.max(plan.total, progress.slicesDone), checkpoint });

  function open(days: DayRange): OpenSlice {
    const answer = call.port.open(command.request(delivery.within(input, days), context));
    answer.catch(() => undefined); // Nobody may come to read a slice opened ahead.
    return { days, answer };
  }

  function point(): ResumePoint {
    const waiting = [...begun, ...ahead.map(({ days }) => days)];
    return { rows: progress.rows, begun: waiting, rest: plan.rest, delivered };
  }

  /** Reads one attempt at `slice`, giving what was not delivered before. */
  async function* read(slice: OpenSlice, known: FingerprintCounts): AsyncGenerator<Piece> {
    const answer = await slice.answer;
    try {
      const reader = new RecordReader();
      for await (const block of readLineBlocks(answer.body)) {
        const records = pick(reader.read(block), known);
        progress.bytes += block.length;
        if (records.length > 0) {
          backOff.succeed();
          progress.rows += records.length;
          yield { items: shape(records), bytes: block.length };
        }
        report();
        if (progress.rows >= limit) return;
        if (reader.failure) throw reader.failure;
      }
      reader.end();
      if (reader.failure) throw reader.failure;
    } finally {
      answer.destroy();
    }
  }

  /** Of an attempt's records those that are new; they count as delivered from here on. */
  function pick(records: ExportedRecord[], known: FingerprintCounts): ExportedRecord[] {
    const room = limit - progress.rows;
    if (known.total === 0 && !dedupe && records.length <= room) {
      for (const record of records) delivered.add(identify(record));
      return records;
    }
    const fresh: ExportedRecord[] = [];
    for (const record of records) {
      if (fresh.length >= room) break;
      if (dedupe) {
        fingerprint.take(delivery.duplicateKey(record));
        if (known.has(fingerprint)) continue;
        known.add(fingerprint);
      } else if (known.take(identify(record))) continue;
      delivered.add(fingerprint);
      fresh.push(record);
    }
    return fresh;
  }

  function identify(record: ExportedRecord): Fingerprint {
    return fingerprint.take(delivery.identity(record) ?? [record]);
  }

  function shape(records: ExportedRecord[]): unknown[] {
    return input.response === 'raw' ? records : (command.rows(records, input) as unknown[]);
  }

  try {
    for (;;) {
      if (begun.length === 0) {
        delivered = new FingerprintLog();
        fillAhead();
        const slice = ahead.shift();
        if (!slice) break;
        begun = [slice.days];
        ahead.unshift(slice);
      }
      const before = progress.rows;
      // What remains of a slice says nothing about the records of a whole one.
      const whole = begun.length === 1 && delivered.size === 0 ? begun[0] : undefined;
      while (begun.length > 0) {
        const days = begun[0]!;
        const first = ahead[0]?.days === days ? ahead.shift()! : open(days);
        const known = FingerprintCounts.of(delivered);
        try {
          yield* read(first, known);
          begun.shift();
          // What this attempt did not meet belongs to the days still to come.
          if (begun.length > 0 && !dedupe) delivered = known.toLog();
        } catch (thrown) {
          const error = asPluginError(thrown);
          if (call.signal?.aborted) throw cancelledError();
          await backOff.after(error);
          const halves = error.code === 'TIMEOUT' || error.code === 'INCOMPLETE' ? halve(days) : undefined;
          if (halves && limit === Number.POSITIVE_INFINITY) begun.splice(0, 1, ...halves);
        }
      }
      progress.slicesDone += 1;
      if (whole) plan.learn(whole, progress.rows - before);
      report(writeToken(query, { ...point(), delivered: new FingerprintLog() }));
      if (progress.rows >= limit) break;
    }
  } catch (thrown) {
    const error = asPluginError(thrown);
    throw call.resumable ? explain(error, progress.rows, () => writeToken(query, point())) : error;
  } finally {
    for (const { answer } of ahead) answer.then(({ destroy }) => destroy()).catch(() => undefined);
  }

  function fillAhead(): void {
    const most = plan.informed ? 1 + (options.slicesAhead ?? SLICES_AHEAD) : 1;
    while (ahead.length < most) {
      const days = plan.next();
      if (!days) return;
      ahead.push(open(days));
    }
  }
}

function planFor(
  delivery: ExportDelivery<Fields>,
  { input, options }: DeliveryCall,
  resumed: ResumePoint | undefined,
): SlicePlan {
  if (resumed) return new SlicePlan(resumed.rest ?? NO_DAYS, options);
  const days = delivery.days(input);
  // A limit means the first so many of the whole range: it cannot be shared out among slices.
  return delivery.limit(input) === undefined
    ? new SlicePlan(days, options)
    : new SlicePlan(days, { ...options, firstDays: Number.MAX_SAFE_INTEGER });
}

const NO_DAYS: DayRange = { from: '9999-12-31', to: '0001-01-01' };

/** An error on the way says what has arrived, and how to go on. */
function explain(error: PluginError, rows: number, token: () => string): PluginError {
  if (rows === 0 || error.code === 'INVALID_INPUT') return error;
  const code = error.retryable ? 'INCOMPLETE' : error.code;
  return new PluginError(
    code,
    `${error.message} ${rows.toLocaleString('en-US')} events had been delivered; the resume token continues after them.`,
    {
      retryAt: error.retryAt,
      upstream: error.upstream,
      upstreamStatus: error.upstreamStatus,
      resumeToken: token(),
    },
  );
}
