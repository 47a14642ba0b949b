import type { Fields } from '../command/field.js';
import type { DateRange, ExportSpec } from '../command/transfer-spec.js';
import { asPluginError, createCancelledError, PluginError } from '../errors.js';
import type { StreamingResponse } from '../mixpanel/client.js';
import { type ExportedRecord, RecordReader, type RecordSink } from '../mixpanel/export-records.js';
import { readLineBlocks } from '../mixpanel/ndjson.js';
import { BackOff } from './back-off.js';
import { type ExportRows, RowLines, RowObjects } from './export-rows.js';
import { Fingerprint, FingerprintCounts, FingerprintLog } from './fingerprint.js';
import { halve, SlicePlan } from './ranges.js';
import { decodeResumePoint, encodeResumePoint, hashQuery, type ResumePoint } from './resume-token.js';
import type { Chunk, Transfer } from './transfer.js';

const DEFAULT_PREFETCHED_SLICES = 2;

/** A slice that has been requested. Its body waits in the connection until it is its turn. */
interface OpenSlice {
  days: DateRange;
  answer: Promise<StreamingResponse>;
}

/**
 * Streams a raw export, slice after slice. An attempt that breaks off is followed by another for the same days, of
 * which the records already delivered are skipped by their fingerprints: see docs/decisions/0002-resume-by-multiset.md.
 */
export async function* streamExport(spec: ExportSpec<Fields>, transfer: Transfer): AsyncGenerator<Chunk> {
  const { command, input, context, options, onProgress } = transfer;
  const queryHash = hashQuery(command, input, context);
  const resumed =
    transfer.resumeToken === undefined ? undefined : await decodeResumePoint(queryHash, transfer.resumeToken);
  const limit = spec.limit(input) ?? Number.POSITIVE_INFINITY;
  const dedupe = spec.dedupe(input);
  const plan = createSlicePlan(spec, transfer, resumed);
  const fingerprint = new Fingerprint();
  const progress = { rows: resumed?.rows ?? 0, bytes: 0, slicesDone: 0 };
  const backOff = new BackOff({ ...options, deadline: transfer.deadline, signal: transfer.signal });
  const prefetched: OpenSlice[] = [];
  /** Lines that could not be read in an earlier attempt, by their digests: those that stay so are passed over. */
  const unreadable = new Set<string>();
  let passedOver = 0;

  /** The days under way that are still to be read, and what was delivered of them. */
  let inProgress: DateRange[] = resumed?.inProgress ?? [];
  let delivered = resumed?.delivered ?? new FingerprintLog();

  const format = (records: ExportedRecord[]) =>
    input.response === 'raw' ? records : (command.rows(records, input) as unknown[]);
  const canCopyLines = !dedupe && input.response !== 'raw';
  const rows: ExportRows =
    transfer.form === 'lines'
      ? new RowLines(format, canCopyLines ? spec.createLineReader?.() : undefined)
      : new RowObjects(format);

  const report = (checkpoint?: string) =>
    onProgress?.({ ...progress, slicesTotal: Math.max(plan.total, progress.slicesDone), checkpoint });

  function openSlice(days: DateRange): OpenSlice {
    const answer = transfer.client.open(command.request(spec.forDates(input, days), context));
    answer.catch(() => undefined); // A slice opened ahead may never be read.
    return { days, answer };
  }

  const encode = (point: ResumePoint) => encodeResumePoint(queryHash, point, transfer.dates);

  function resumePoint(): ResumePoint {
    const unread = [...inProgress, ...prefetched.map(({ days }) => days)];
    return { rows: progress.rows, inProgress: unread, rest: plan.remaining, delivered };
  }

  /** Reads one attempt at a slice and yields what was not delivered before. */
  async function* readSlice(slice: OpenSlice, deliveredBefore: FingerprintCounts): AsyncGenerator<Chunk> {
    const answer = await slice.answer;
    try {
      const reader = new RecordReader({ known: unreadable, redactor: answer.redactor });
      const sink = createSink(deliveredBefore);
      for await (const block of readLineBlocks(answer.body)) {
        rows.begin(block);
        reader.read(block, sink);
        progress.bytes += block.length;
        if (rows.count > 0) {
          backOff.reset();
          progress.rows += rows.count;
          yield rows.toChunk(block.length);
        }
        report();
        if (reader.failure) throw reader.failure;
        if (progress.rows >= limit) break;
      }
      if (progress.rows < limit) reader.end();
      const repeated = reader.unreadable.every((digest) => unreadable.has(digest));
      for (const digest of reader.unreadable) unreadable.add(digest);
      if (reader.failure) throw repeated ? reader.failure : new UnreadableLines(reader.failure);
      passedOver += reader.unreadable.length;
    } finally {
      answer.destroy();
    }
  }
  /** Takes those records that were not delivered before, and marks them as delivered. */
  function createSink(deliveredBefore: FingerprintCounts): RecordSink {
    const { lineReader } = rows;
    const isFull = () => progress.rows + rows.count >= limit;
    const markNew = (): boolean => {
      if (deliveredBefore.remove(fingerprint)) return false;
      delivered.add(fingerprint);
      return true;
    };
    const markUnique = (record: ExportedRecord): boolean => {
      fingerprint.compute(spec.duplicateKey(record));
      if (deliveredBefore.has(fingerprint)) return false;
      deliveredBefore.add(fingerprint);
      delivered.add(fingerprint);
      return true;
    };
    return {
      takeRecord(record) {
        if (isFull()) return;
        if (!dedupe) fingerprint.compute(spec.identity(record) ?? [record]);
        if (dedupe ? markUnique(record) : markNew()) rows.add(record);
      },
      takeLine:
        lineReader &&
        ((block, start, end) => {
          if (!lineReader.read(block, start, end)) return false;
          if (isFull()) return true;
          lineReader.hashIdentity(fingerprint);
          if (markNew()) rows.addLine?.();
          return true;
        }),
    };
  }

  try {
    for (;;) {
      if (inProgress.length === 0) {
        delivered = new FingerprintLog();
        prefetch();
        const slice = prefetched.shift();
        if (!slice) break;
        inProgress = [slice.days];
        prefetched.unshift(slice);
      }
      const rowsBefore = progress.rows;
      // The rest of a slice says nothing about how many records a whole one has.
      const wholeRange = inProgress.length === 1 && delivered.size === 0 ? inProgress[0] : undefined;
      while (inProgress.length > 0) {
        const days = inProgress[0]!;
        const first = prefetched[0]?.days === days ? prefetched.shift()! : openSlice(days);
        const deliveredBefore = FingerprintCounts.fromLog(delivered);
        try {
          yield* readSlice(first, deliveredBefore);
          inProgress.shift();
          // Delivered records that this attempt did not contain belong to the days still to be read.
          if (inProgress.length > 0 && !dedupe) delivered = deliveredBefore.toLog();
        } catch (thrown) {
          const error = asPluginError(thrown instanceof UnreadableLines ? thrown.failure : thrown);
          if (transfer.signal?.aborted) throw createCancelledError();
          await backOff.waitAfter(error);
          const tooLarge = error.code === 'TIMEOUT' || error.code === 'INCOMPLETE';
          const halves = tooLarge && !(thrown instanceof UnreadableLines) ? halve(days) : undefined;
          if (halves && limit === Number.POSITIVE_INFINITY) inProgress.splice(0, 1, ...halves);
        }
      }
      progress.slicesDone += 1;
      if (wholeRange) plan.observe(wholeRange, progress.rows - rowsBefore);
      report(await encode({ ...resumePoint(), delivered: new FingerprintLog() }));
      if (progress.rows >= limit) break;
    }
    if (passedOver > 0) {
      yield {
        items: [],
        bytes: 0,
        meta: { linesSkipped: passedOver },
        messages: [skippedMessage(passedOver)],
      };
    }
  } catch (thrown) {
    const error = asPluginError(thrown);
    throw transfer.resumable
      ? await withResumeToken(error, progress.rows, () => encode(resumePoint()))
      : error;
  } finally {
    for (const { answer } of prefetched) answer.then(({ destroy }) => destroy()).catch(() => undefined);
  }

  function prefetch(): void {
    const maxOpen = plan.hasEstimate ? 1 + (options.slicesAhead ?? DEFAULT_PREFETCHED_SLICES) : 1;
    while (prefetched.length < maxOpen) {
      const days = plan.next();
      if (!days) return;
      prefetched.push(openSlice(days));
    }
  }
}

/** An attempt that met lines nobody can read, of which another attempt shows whether they stay so. */
class UnreadableLines {
  readonly failure: PluginError;

  constructor(failure: PluginError) {
    this.failure = failure;
  }
}

function skippedMessage(lines: number): string {
  const counted = lines === 1 ? '1 line' : `${lines.toLocaleString('en-US')} lines`;
  return `${counted} of the download could not be read and ${lines === 1 ? 'is' : 'are'} left out.`;
}

function createSlicePlan(
  spec: ExportSpec<Fields>,
  { input, options }: Transfer,
  resumed: ResumePoint | undefined,
): SlicePlan {
  if (resumed) return new SlicePlan(resumed.rest ?? EMPTY_RANGE, options);
  const days = spec.dateRange(input);
  // A limit means the first records of the whole range, so it cannot be divided among slices.
  return spec.limit(input) === undefined
    ? new SlicePlan(days, options)
    : new SlicePlan(days, { ...options, firstDays: Number.MAX_SAFE_INTEGER });
}

const EMPTY_RANGE: DateRange = { from: '9999-12-31', to: '0001-01-01' };

/** Returns an error that also says how much was delivered, with a token that continues after it. */
async function withResumeToken(
  error: PluginError,
  rows: number,
  createToken: () => Promise<string>,
): Promise<PluginError> {
  if (rows === 0 || error.code === 'INVALID_INPUT') return error;
  const code = error.retryable ? 'INCOMPLETE' : error.code;
  return new PluginError(
    code,
    `${error.message} ${rows.toLocaleString('en-US')} events had been delivered; the resume token continues after them.`,
    {
      retryAt: error.retryAt,
      upstream: error.upstream,
      upstreamStatus: error.upstreamStatus,
      resumeToken: await createToken(),
    },
  );
}
