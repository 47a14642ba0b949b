import { EXIT_CODES, PluginError } from '../errors.js';
import {
  type EventFile,
  type EventFileOptions,
  type FileEvent,
  openEventFile,
} from '../records/event-file.js';
import { COMMAND_LINE_WORDING } from '../records/option-wording.js';
import { toEpochMs } from '../time/epoch.js';
import { countOf, describeAssumptions } from '../upload/assumptions.js';
import { EventCheck } from '../upload/event-check.js';
import { EventUpload } from '../upload/event-upload.js';
import { RejectedRecords } from '../upload/rejected-records.js';
import { findUploadCommand } from '../upload/upload-command.js';
import { type InputSource, openInputSource } from './files/input-source.js';
import { writeMessage } from './report.js';
import { type Session, withSession } from './session.js';
import { commandLineOf, type Terminal } from './terminal.js';
import type { TrackOptions } from './track.js';
import { createProgress } from './ui/progress.js';
import { UploadJournal } from './upload/journal.js';
import { RejectedFile } from './upload/rejected-file.js';
import { describeEarlierRun, describeProblems, describeRejectedFile } from './upload/report.js';

/** Sends the events of a file, or shows them with `--dry-run`. */
export async function trackFile(options: TrackOptions, terminal: Terminal): Promise<void> {
  const input = await openInputSource(options.in, terminal.stdin, options.format);
  try {
    if (options.dryRun) await showEvents(input, options, terminal);
    else await withSession(options, terminal, (session) => sendFile(session, input, options, terminal));
  } finally {
    await input.close();
  }
}

function fileOptions(
  input: InputSource,
  options: TrackOptions,
  { env }: Terminal,
  time: number,
): EventFileOptions {
  const { map, types, timezone, dateFormat, delimiter } = options;
  return {
    format: options.format ?? input.format,
    encoding: options.encoding ?? input.encoding,
    delimiter,
    map,
    types,
    timezone,
    dateFormat,
    token: options.token ?? env.MIXPANEL_TOKEN,
    time,
    wording: COMMAND_LINE_WORDING,
  };
}

const SHOWN_EVENTS = 5;

async function showEvents(input: InputSource, options: TrackOptions, terminal: Terminal): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const file = await openEventFile(input, fileOptions(input, options, terminal, now));
  const check = new EventCheck(findUploadCommand(options.import));
  const shown: unknown[] = [];
  const tokens = new TokenCheck(options, terminal);
  for await (const item of file.events()) {
    tokens.add(item);
    const event = check.add(item);
    if (event !== undefined && shown.length < SHOWN_EVENTS) shown.push(event);
  }
  tokens.end();
  if (file.table) {
    const types = file.table.columns.map(({ name, type }) => `${name} ${name === 'time' ? 'time' : type}`);
    terminal.stdout.write(`Columns: ${types.join(', ')}.\n`);
  }
  for (const event of shown) terminal.stdout.write(`${describeEvent(event)}\n`);
  writeMessages(describeCheck(file, check, options, 'the time of sending'), options, terminal);
  const { accepted, rejected } = check;
  writeSummary(
    { accepted, rejected, sent: false },
    `${countOf(accepted, 'event')} would be sent, ${rejected.toLocaleString('en-US')} refused. Nothing was sent.`,
    options,
    terminal,
  );
  if (check.rejected > 0) terminal.exitCode = EXIT_CODES.input;
}

/** What was assumed about the events of a file, then its faults. */
function describeCheck(
  file: EventFile,
  check: EventCheck,
  { timezone }: TrackOptions,
  sentAt: string,
): string[] {
  const notes = describeAssumptions(file, check, { timezone, sentAt, wording: COMMAND_LINE_WORDING });
  return [...notes, ...describeProblems(check.problems)];
}

/** The event as it would be sent, with its time in words. The token is not shown. */
function describeEvent(event: unknown): string {
  const { properties } = event as { properties: Record<string, unknown> };
  const { token: _, ...shown } = properties;
  const time = typeof shown.time === 'number' ? new Date(toEpochMs(shown.time)).toISOString() : 'no time';
  return `${time} ${JSON.stringify({ ...(event as object), properties: shown })}`;
}

async function sendFile(
  session: Session,
  input: InputSource,
  options: TrackOptions,
  terminal: Terminal,
): Promise<void> {
  const { plugin, datasource, signal } = session;
  const command = findUploadCommand(options.import);
  if (options.import && !datasource.projectId) {
    throw new PluginError(
      'INVALID_DATASOURCE',
      'The import needs a project. Set MIXPANEL_PROJECT_ID, or "projectId" in the credentials file.',
    );
  }
  const journal = await UploadJournal.open(input, options.in, [
    command.id,
    options.mixpanelUrl ?? datasource.region,
    datasource.projectId,
    { ...fileOptions(input, options, terminal, 0), wording: undefined },
  ]);
  const file = await openEventFile(input, fileOptions(input, options, terminal, journal.time));
  const describe = (check: EventCheck) => describeCheck(file, check, options, describeFirstRun(journal));
  let total: number | undefined;
  if (input.repeatable) {
    const check = new EventCheck(command);
    const tokens = new TokenCheck(options, terminal);
    for await (const item of file.events()) {
      tokens.add(item);
      check.add(item);
    }
    tokens.end();
    total = check.accepted + check.rejected;
    writeMessages(describe(check), options, terminal);
  }
  writeMessages(describeEarlierRun(journal, options.in), options, terminal);
  const rejectedFile =
    options.rejected === undefined ? undefined : await RejectedFile.open(options.rejected, options.in);
  const rejectedRecords = rejectedFile && new RejectedRecords(rejectedFile, file);
  const upload = new EventUpload(file, new EventCheck(command), { skip: journal.sent, rejectedRecords });
  const hidden = options.json || options.quiet;
  const progress = await createProgress('events', { stderr: terminal.stderr, hidden });
  try {
    const results = plugin.send({
      datasource,
      command: command.id,
      items: upload.items(),
      arePrepared: true,
      skip: journal.sent,
      signal,
    });
    for await (const result of results) {
      await upload.record(result);
      await journal.record(result);
      const done = total === undefined ? undefined : { value: journal.sent, total };
      progress.update({ rows: upload.accepted, done });
    }
  } catch (thrown) {
    if (!PluginError.is(thrown) || thrown.code !== 'CANCELLED' || !signal.aborted) throw thrown;
    throw new PluginError('CANCELLED', describeStop(journal, input, commandLineOf(terminal)));
  } finally {
    progress.stop();
    await rejectedRecords?.flush();
    await rejectedFile?.close();
  }
  await journal.finish();
  if (!input.repeatable) {
    writeMessages(describe(upload.check), options, terminal);
  }
  writeMessages(describeProblems(upload.refusals), options, terminal);
  if (rejectedRecords && rejectedRecords.rows > 0 && options.rejected) {
    const advice = describeRejectedFile(options.rejected, rejectedRecords.rows, file, options);
    writeMessage(advice, options, terminal);
  }
  const rejected = upload.check.rejected + upload.refused;
  const { accepted } = upload;
  writeSummary(
    { accepted, rejected, sent: true },
    `${countOf(accepted, 'event')} accepted, ${rejected.toLocaleString('en-US')} rejected.`,
    options,
    terminal,
  );
  if (rejected > 0) terminal.exitCode = EXIT_CODES.input;
}

/** Finds files whose events have no project token, which `/track` needs. */
class TokenCheck {
  readonly #isNeeded: boolean;
  #events = 0;
  #hasToken = false;

  constructor(options: TrackOptions, { env }: Terminal) {
    this.#isNeeded = !options.import && !options.token && !env.MIXPANEL_TOKEN;
  }

  add({ event }: FileEvent): void {
    if (!this.#isNeeded || !event) return;
    this.#events += 1;
    this.#hasToken ||= event.properties.token !== undefined;
  }

  /** Throws `PluginError` if no event of the file has a token. */
  end(): void {
    if (this.#events === 0 || this.#hasToken) return;
    throw new PluginError(
      'INVALID_INPUT',
      `${countOf(this.#events, 'event')}: no project token. Give --token or set MIXPANEL_TOKEN; the token is in Mixpanel's project settings. Nothing was sent.`,
    );
  }
}

function writeMessages(messages: readonly string[], options: TrackOptions, terminal: Terminal): void {
  for (const message of messages) writeMessage(message, options, terminal);
}

function writeSummary(
  counts: { accepted: number; rejected: number; sent: boolean },
  sentence: string,
  { json }: TrackOptions,
  { stdout }: Terminal,
): void {
  stdout.write(`${json ? JSON.stringify(counts) : sentence}\n`);
}

function describeStop({ sent }: UploadJournal, { repeatable }: InputSource, commandLine: string): string {
  const sentSoFar = `${countOf(sent, 'record')} ${sent === 1 ? 'was' : 'were'} sent.`;
  const advice = repeatable ? 'To continue:' : 'To send the rest, with the same input:';
  return `Stopped. ${sent === 0 ? 'Nothing was sent. To start again:' : `${sentSoFar} ${advice}`}\n  ${commandLine}`;
}

/** Events without a time get the one of the first run, so that a later one sends the same events. */
function describeFirstRun({ time, path }: UploadJournal): string {
  const moment = new Date(toEpochMs(time)).toISOString();
  return path
    ? `${moment}, the start of the first run (kept in ${path})`
    : `${moment}, the start of this run`;
}
