import type { Command } from 'commander';
import type { Command as MixpanelCommand } from '../command/definition.js';
import { commands, uploads } from '../commands/index.js';
import { EXIT_CODES, PluginError } from '../errors.js';
import { type EventFile, type EventFileOptions, openEventFile } from '../records/event-file.js';
import { COMMAND_LINE_WORDING } from '../records/option-wording.js';
import { toEpochMs } from '../time/epoch.js';
import { countOf, describeAssumptions } from '../upload/assumptions.js';
import { EventCheck } from '../upload/event-check.js';
import { EventUpload } from '../upload/event-upload.js';
import { RejectedRecords } from '../upload/rejected-records.js';
import { withErrorReporting } from './exit-code.js';
import { type InputSource, openInputSource } from './files/input-source.js';
import { addConnectionOptions, type ConnectionOptions } from './options/credentials.js';
import { addEventFileOptions, type EventFileCliOptions } from './options/event-file.js';
import { type Session, withSession } from './session.js';
import { createProgressBar } from './ui/progress-bar.js';
import { UploadJournal } from './upload/journal.js';
import { RejectedFile } from './upload/rejected-file.js';
import { describeEarlierRun, describeProblems, describeRejectedFile } from './upload/report.js';

interface TrackOptions extends ConnectionOptions, EventFileCliOptions {
  in: string;
  import?: boolean;
  dryRun?: boolean;
  rejected?: string;
}

/** Adds `track --in FILE`: sends the events of a file, however many. */
export function addTrackCommand(program: Command): void {
  const track = program
    .command('track')
    .description('send the events of a file to Mixpanel; sending it again counts no event twice')
    .requiredOption('--in <file>', 'CSV, NDJSON or a JSON array, also with .gz; - for standard input')
    .option(
      '--import',
      'send by /import with the service account (role Owner or Admin): takes events older than five days and reports each that Mixpanel refuses',
    )
    .option(
      '--dry-run',
      'send nothing; show the first events as they would be sent, and what would be refused',
    )
    .option(
      '--rejected <file>',
      'write the records that were not accepted to this file, to be mended and sent',
    );
  addEventFileOptions(track);
  addConnectionOptions(track)
    .addHelpText(
      'after',
      `
An event is known to Mixpanel by its $insert_id. An event without one gets an id made of its content and of how many
equal records come before it in the file, so a file can be sent again after it was stopped, mended or finished, also
in another order. (Track Events of a form makes new ids for each call: two equal clicks are two events.)

Times are epoch seconds or milliseconds, ISO 8601, yyyy-mm-dd hh:mm:ss or yyyy-mm-dd; others need --date-format.`,
    )
    .action(withErrorReporting(runTrack));
}

async function runTrack(options: TrackOptions): Promise<void> {
  const input = await openInputSource(options.in, options.format);
  try {
    if (options.dryRun) await showEvents(input, options);
    else await withSession(options, (session) => sendFile(session, input, options));
  } finally {
    await input.close();
  }
}

/** The command that sends the events: `TRACK_EVENTS`, or the one for `/import`. */
function commandOf({ import: byImport }: TrackOptions): MixpanelCommand {
  const command = (byImport ? uploads : commands).find(({ transfer }) => transfer?.kind === 'batches');
  if (!command) throw new TypeError('No command sends lists');
  return command;
}

function fileOptions(input: InputSource, options: TrackOptions, time: number): EventFileOptions {
  const { map, types, timezone, dateFormat, delimiter } = options;
  return {
    format: options.format ?? input.format,
    encoding: options.encoding ?? input.encoding,
    delimiter,
    map,
    types,
    timezone,
    dateFormat,
    token: options.token ?? process.env.MIXPANEL_TOKEN,
    time,
    wording: COMMAND_LINE_WORDING,
  };
}

const SHOWN_EVENTS = 5;

async function showEvents(input: InputSource, options: TrackOptions): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const file = await openEventFile(input, fileOptions(input, options, now));
  const check = new EventCheck(commandOf(options));
  const shown: unknown[] = [];
  for await (const item of file.events()) {
    const event = check.add(item);
    if (event !== undefined && shown.length < SHOWN_EVENTS) shown.push(event);
  }
  if (file.table) {
    const types = file.table.columns.map(({ name, type }) => `${name} ${name === 'time' ? 'time' : type}`);
    process.stdout.write(`Columns: ${types.join(', ')}.\n`);
  }
  for (const event of shown) process.stdout.write(`${describeEvent(event)}\n`);
  process.stderr.write(describeCheck(file, check, options, 'the time of sending'));
  process.stdout.write(
    `${countOf(check.accepted, 'event')} would be sent, ${check.rejected.toLocaleString('en-US')} refused. Nothing was sent.\n`,
  );
  if (check.rejected > 0) process.exitCode = EXIT_CODES.input;
}

/** What was assumed about the events of a file, then its faults. */
function describeCheck(
  file: EventFile,
  check: EventCheck,
  { timezone }: TrackOptions,
  sentAt: string,
): string {
  const notes = describeAssumptions(file, check, { timezone, sentAt, wording: COMMAND_LINE_WORDING });
  return notes.map((note) => `${note}\n`).join('') + describeProblems(check.problems);
}

/** The event as it would be sent, with its time in words. The token is not shown. */
function describeEvent(event: unknown): string {
  const { properties } = event as { properties: Record<string, unknown> };
  const { token: _, ...shown } = properties;
  const time = typeof shown.time === 'number' ? new Date(toEpochMs(shown.time)).toISOString() : 'no time';
  return `${time} ${JSON.stringify({ ...(event as object), properties: shown })}`;
}

async function sendFile(session: Session, input: InputSource, options: TrackOptions): Promise<void> {
  const { plugin, datasource, signal } = session;
  const command = commandOf(options);
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
    { ...fileOptions(input, options, 0), wording: undefined },
  ]);
  const file = await openEventFile(input, fileOptions(input, options, journal.time));
  const describe = (check: EventCheck) => describeCheck(file, check, options, describeFirstRun(journal));
  if (input.repeatable) {
    const check = new EventCheck(command);
    for await (const item of file.events()) check.add(item);
    process.stderr.write(describe(check));
  }
  process.stderr.write(describeEarlierRun(journal, options.in));
  const rejectedFile =
    options.rejected === undefined ? undefined : await RejectedFile.open(options.rejected, options.in);
  const rejectedRecords = rejectedFile && new RejectedRecords(rejectedFile, file);
  const upload = new EventUpload(file, new EventCheck(command), { skip: journal.sent, rejectedRecords });
  const bar = createProgressBar({ rows: 'events', steps: 'batches' });
  try {
    const results = plugin.send({
      datasource,
      command: command.id,
      items: upload.items(),
      skip: journal.sent,
      signal,
      onProgress: bar.update,
    });
    for await (const result of results) {
      await upload.record(result);
      await journal.record(result);
    }
  } finally {
    bar.stop();
    await rejectedRecords?.flush();
    await rejectedFile?.close();
  }
  await journal.finish();
  if (!input.repeatable) {
    process.stderr.write(describe(upload.check));
  }
  process.stderr.write(describeProblems(upload.refusals));
  if (rejectedRecords && rejectedRecords.rows > 0 && options.rejected) {
    process.stderr.write(describeRejectedFile(options.rejected, rejectedRecords.rows, file, options));
  }
  const rejected = upload.check.rejected + upload.refused;
  process.stdout.write(
    `${countOf(upload.accepted, 'event')} accepted, ${rejected.toLocaleString('en-US')} rejected.\n`,
  );
  if (rejected > 0) process.exitCode = EXIT_CODES.input;
}

/** Events without a time get the one of the first run, so that a later one sends the same events. */
function describeFirstRun({ time, path }: UploadJournal): string {
  const moment = new Date(toEpochMs(time)).toISOString();
  return path
    ? `${moment}, the start of the first run (kept in ${path})`
    : `${moment}, the start of this run`;
}
