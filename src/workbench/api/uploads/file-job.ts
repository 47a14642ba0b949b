import type { Datasource } from '../../../command/datasource.js';
import { asPluginError } from '../../../errors.js';
import { type EventFile, openEventFile } from '../../../records/event-file.js';
import type { EventRecord } from '../../../records/event-record.js';
import type { ProblemGroups } from '../../../records/problem-groups.js';
import { toEpochMs } from '../../../time/epoch.js';
import { describeAssumptions } from '../../../upload/assumptions.js';
import { EventCheck } from '../../../upload/event-check.js';
import { EventUpload } from '../../../upload/event-upload.js';
import { RejectedRecords } from '../../../upload/rejected-records.js';
import { findUploadCommand } from '../../../upload/upload-command.js';
import type { FileCheck, FileEventView, FileLine, FileProblem, FileSummary } from '../../wire.js';
import type { Connection } from '../sessions.js';
import { openUploadedFile } from './file-bytes.js';
import { type FileBody, PAGE_WORDING } from './file-options.js';
import { SpooledFile } from './spooled-file.js';
import type { UploadedFile } from './upload-store.js';

type Emit = (line: FileLine) => void;

const FIRST_EVENTS = 20;
/** JSON records whose names are offered for Mixpanel's own. */
const SAMPLE_RECORDS = 100;
const MAX_COLUMNS = 500;
const MAX_PROBLEMS = 100;
const MAX_RECEIVED_CHARACTERS = 80;
const PROGRESS_INTERVAL_MS = 200;

/** Reads a whole file as it would be sent, and sends nothing. */
export async function checkFile(
  upload: UploadedFile,
  { options, time }: FileBody,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const file = await openFile(upload, { options, time }, signal);
  const check = new EventCheck(findUploadCommand(options.import));
  const first: FileEventView[] = [];
  const names = new Set<string>();
  const reportProgress = throttled(emit);
  let records = 0;
  for await (const item of file.events()) {
    records += 1;
    if (records <= SAMPLE_RECORDS) for (const name of namesOf(item.source.value)) names.add(name);
    const event = check.add(item) as EventRecord | undefined;
    if (event && first.length < FIRST_EVENTS) first.push(viewEvent(item.line, event));
    reportProgress({ records, accepted: check.accepted, rejected: check.rejected });
  }
  const { format, table } = file;
  const result: FileCheck = {
    format,
    columns: (table?.columns ?? [...names].map((name) => ({ name, type: undefined })))
      .slice(0, MAX_COLUMNS)
      .map(({ name, type }) => ({ name, type })),
    notes: describeAssumptions(file, check, {
      timezone: options.timezone,
      sentAt: `${new Date(toEpochMs(time)).toISOString()}, when this file was first chosen`,
      wording: PAGE_WORDING,
    }),
    accepted: check.accepted,
    rejected: check.rejected,
    problems: toFileProblems(check.problems),
    timesAssumed: check.timesAssumed > 0,
    first,
  };
  emit({ kind: 'checked', check: result });
}

/** Sends a file, and keeps the records that were not taken. */
export async function sendFile(
  upload: UploadedFile,
  { plugin, datasource }: Pick<Connection, 'plugin'> & { datasource: Datasource },
  { options, time }: FileBody,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const file = await openFile(upload, { options, time }, signal);
  const command = findUploadCommand(options.import);
  const content = await SpooledFile.create();
  await upload.rejected?.content.close();
  upload.rejected = { name: toRejectedName(upload.name), content };
  const rejectedRecords = new RejectedRecords(content, file);
  const eventUpload = new EventUpload(file, new EventCheck(command), { rejectedRecords });
  const reportProgress = throttled(emit);
  let records = 0;
  const summarize = async (): Promise<FileSummary> => {
    await rejectedRecords.flush();
    return {
      records,
      accepted: eventUpload.accepted,
      rejected: eventUpload.check.rejected + eventUpload.refused,
      problems: [...toFileProblems(eventUpload.check.problems), ...toFileProblems(eventUpload.refusals)],
      rejectedRecords: rejectedRecords.rows,
    };
  };
  try {
    const results = plugin.send({
      datasource,
      command: command.id,
      items: eventUpload.items(),
      arePrepared: true,
      signal,
    });
    for await (const result of results) {
      await eventUpload.record(result);
      records += result.items;
      reportProgress({
        records,
        accepted: eventUpload.accepted,
        rejected: eventUpload.check.rejected + eventUpload.refused,
      });
    }
  } catch (thrown) {
    const { title, message } = asPluginError(thrown);
    emit({ kind: 'failure', title, message, summary: await summarize() });
    return;
  }
  emit({ kind: 'sent', summary: await summarize() });
}

function openFile(
  upload: UploadedFile,
  { options, time }: Pick<FileBody, 'options' | 'time'>,
  signal: AbortSignal,
): Promise<EventFile> {
  const { import: _, projectId: __, ...reading } = options;
  return openEventFile(openUploadedFile(upload, signal), { ...reading, time, wording: PAGE_WORDING });
}

/** Returns the names a record has, those within `properties` too. */
function namesOf(record: unknown): string[] {
  if (typeof record !== 'object' || record === null) return [];
  const { properties, ...beside } = record as Record<string, unknown>;
  const within = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return [...Object.keys(beside), ...within];
}

function viewEvent(line: number, { event, properties }: EventRecord): FileEventView {
  const { token: _, time, ...shown } = properties;
  return {
    line,
    event,
    ...(typeof time === 'number' ? { time: new Date(toEpochMs(time)).toISOString() } : {}),
    properties: shown,
  };
}

function toFileProblems(groups: ProblemGroups): FileProblem[] {
  return [...groups]
    .sort((one, other) => other.count - one.count)
    .slice(0, MAX_PROBLEMS)
    .map(({ message, received, count, places }) => ({
      message,
      count,
      places,
      ...(received === undefined ? {} : { received: shorten(received) }),
    }));
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_RECEIVED_CHARACTERS ? `${text.slice(0, MAX_RECEIVED_CHARACTERS)}…` : text;
}

/** Returns `events.rejected.csv` for `events.csv.gz`. What is written is never compressed. */
function toRejectedName(name: string): string {
  const plain = name.replace(/\.gz$/i, '');
  return /\.[^.]+$/.test(plain) ? plain.replace(/(\.[^.]+)$/, '.rejected$1') : `${plain}.rejected`;
}

function throttled(emit: Emit) {
  let reportedAt = 0;
  return (progress: { records: number; accepted: number; rejected: number }) => {
    const now = Date.now();
    if (now - reportedAt < PROGRESS_INTERVAL_MS) return;
    reportedAt = now;
    emit({ kind: 'progress', progress });
  };
}
