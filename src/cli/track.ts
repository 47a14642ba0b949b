import { randomUUID } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { EXIT_CODES, PluginError } from '../errors.js';
import type { Row } from '../result/rows.js';
import type { BatchResult } from '../transfer/index.js';
import { withErrorReporting } from './exit-code.js';
import { writeFileDurably } from './files/durable-file.js';
import { type EventFormat, readEvents } from './files/event-file.js';
import { addConnectionOptions, type ConnectionOptions } from './options/credentials.js';
import { type Session, withSession } from './session.js';
import { createProgressBar } from './ui/progress-bar.js';

interface TrackOptions extends ConnectionOptions {
  in: string;
  format?: EventFormat;
  token?: string;
}

/** `track --in FILE`: sends the events of a file, however many. */
export function addTrackCommand(program: Command): void {
  const track = program
    .command('track')
    .description(
      'send the events of a file to Mixpanel; repeated after an interruption, it goes on where it was',
    )
    .requiredOption('--in <file>', 'NDJSON or CSV, also with .gz; - for standard input')
    .addOption(
      new Option('--format <format>', 'of the file, where its name does not tell').choices(['ndjson', 'csv']),
    )
    .option('--token <token>', 'the project token for events without one; MIXPANEL_TOKEN by default');
  addConnectionOptions(track).action(
    withErrorReporting((options: TrackOptions) =>
      withSession(options, (session) => trackFile(session, options)),
    ),
  );
}

async function trackFile({ plugin, datasource, signal }: Session, options: TrackOptions): Promise<void> {
  const file = options.in;
  const batchCommand = plugin.commands.find(({ transfer }) => transfer?.kind === 'batches');
  if (!batchCommand) throw new PluginError('UNKNOWN_COMMAND', 'This build has no command that sends lists.');
  const journal = await UploadJournal.open(file);
  const bar = createProgressBar({ rows: 'events', steps: 'batches' });
  const events = readEvents(file, {
    format: options.format,
    token: options.token ?? process.env.MIXPANEL_TOKEN,
  });
  let accepted = 0;
  let rejected = 0;
  if (journal.sent > 0) {
    process.stderr.write(
      `Continuing after ${journal.sent.toLocaleString('en-US')} events of an earlier run.\n`,
    );
  }
  try {
    const results = plugin.send({
      datasource,
      command: batchCommand.id,
      items: skip(events, journal.sent),
      firstIndex: journal.sent,
      idSeed: journal.idSeed,
      signal,
      onProgress: bar.update,
    });
    for await (const result of results) {
      accepted += result.accepted;
      rejected += result.rejected.length;
      for (const row of result.rejected) reportRejected(row);
      await journal.record(result);
    }
  } finally {
    bar.stop();
  }
  await journal.close();
  const summary = `${accepted.toLocaleString('en-US')} events accepted, ${rejected.toLocaleString('en-US')} rejected.`;
  process.stdout.write(`${summary}\n`);
  if (rejected > 0) process.exitCode = EXIT_CODES.input;
}

function reportRejected({ index, event, reason }: Row): void {
  process.stderr.write(`Event ${index} (${event}) was not taken: ${reason}\n`);
}

async function* skip(items: AsyncIterable<unknown>, count: number): AsyncGenerator<unknown> {
  let index = 0;
  for await (const item of items) {
    if (index >= count) yield item;
    index += 1;
  }
}

const journalSchema = z.object({ file: z.string(), idSeed: z.string(), sent: z.number() });

/**
 * Notes beside the file how many of its events have been sent. Between a batch and its note the process may die:
 * that batch is sent again then, and the same seed gives its events the same ids, by which Mixpanel knows them.
 */
class UploadJournal {
  readonly idSeed: string;
  #sent: number;
  readonly #path: string | undefined;
  readonly #fingerprint: string;

  private constructor(path: string | undefined, file: string, idSeed: string, sent: number) {
    this.#path = path;
    this.#fingerprint = file;
    this.idSeed = idSeed;
    this.#sent = sent;
  }

  get sent(): number {
    return this.#sent;
  }

  static async open(file: string): Promise<UploadJournal> {
    if (file === '-') return new UploadJournal(undefined, file, randomUUID(), 0);
    const path = `${file}.sent.json`;
    const fingerprint = await fingerprintFile(file);
    const stored = await readFile(path, 'utf8').then(
      (text) => journalSchema.safeParse(tryParseJson(text)).data,
      () => undefined,
    );
    if (stored?.file === fingerprint) return new UploadJournal(path, fingerprint, stored.idSeed, stored.sent);
    const journal = new UploadJournal(path, fingerprint, randomUUID(), 0);
    await journal.#write();
    return journal;
  }

  async record({ first, items }: BatchResult): Promise<void> {
    this.#sent = Math.max(this.#sent, first + items);
    await this.#write();
  }

  /** All is sent: nothing is left to go on with. */
  async close(): Promise<void> {
    if (this.#path) await rm(this.#path, { force: true });
  }

  async #write(): Promise<void> {
    if (!this.#path) return;
    await writeFileDurably(
      this.#path,
      JSON.stringify({ file: this.#fingerprint, idSeed: this.idSeed, sent: this.#sent } satisfies z.output<
        typeof journalSchema
      >),
    );
  }
}

/** A file is the same as long as its size and time are. */
async function fingerprintFile(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file).catch(() => {
    throw new PluginError(
      'INVALID_INPUT',
      `The file ${file} cannot be read. Check its name and who may read it.`,
    );
  });
  return `${size} bytes of ${new Date(mtimeMs).toISOString()}`;
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
