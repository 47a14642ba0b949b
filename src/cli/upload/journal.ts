import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { BatchResult } from '../../transfer/index.js';
import { writeFileDurably } from '../files/durable-file.js';
import type { InputSource } from '../files/input-source.js';

const journalSchema = z.object({
  file: z.string(),
  target: z.string(),
  time: z.number(),
  sent: z.number(),
  finished: z.string().optional(),
});

type JournalEntry = z.output<typeof journalSchema>;

/**
 * Notes beside a file how many of its records were sent, to where, and how they were read. A process that dies between
 * a batch and its note sends that batch again; Mixpanel knows its events by their `$insert_id`. The note stays when the
 * file is done, for the time of events without one: sent again, they have the same time and so are the same events.
 */
export class UploadJournal {
  readonly path: string | undefined;
  readonly #entry: JournalEntry;
  /** When an earlier run sent all of it. */
  readonly finished: string | undefined;

  private constructor(path: string | undefined, entry: JournalEntry, finished?: string) {
    this.path = path;
    this.#entry = entry;
    this.finished = finished;
  }

  /** `target` is everything that decides what is sent to where. It is kept as a hash, since it holds the token. */
  static async open(source: InputSource, file: string, target: readonly unknown[]): Promise<UploadJournal> {
    const time = Math.floor(Date.now() / 1000);
    const targetHash = createHash('sha256').update(JSON.stringify(target)).digest('hex');
    if (file === '-') {
      return new UploadJournal(undefined, { file: '', target: targetHash, time, sent: 0 });
    }
    const path = `${file}.sent.json`;
    const stored = await readFile(path, 'utf8').then(
      (text) => journalSchema.safeParse(tryParseJson(text)).data,
      () => undefined,
    );
    const fresh = { file: await hashBytes(source), target: targetHash, time: stored?.time ?? time, sent: 0 };
    const isSame = stored?.file === fresh.file && stored.target === fresh.target;
    if (!isSame) return new UploadJournal(path, fresh);
    if (stored.finished) return new UploadJournal(path, fresh, stored.finished);
    return new UploadJournal(path, stored);
  }

  /** Records that earlier runs sent. */
  get sent(): number {
    return this.#entry.sent;
  }

  /** The time of events without one, in epoch seconds: the start of the first run. */
  get time(): number {
    return this.#entry.time;
  }

  async record({ first, items }: BatchResult): Promise<void> {
    this.#entry.sent = Math.max(this.#entry.sent, first + items);
    await this.#write();
  }

  /** Notes that all of it was sent. */
  async finish(): Promise<void> {
    this.#entry.finished = new Date().toISOString();
    await this.#write();
  }

  async #write(): Promise<void> {
    if (this.path) await writeFileDurably(this.path, JSON.stringify(this.#entry));
  }
}

async function hashBytes(source: InputSource): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of source.open()) hash.update(chunk);
  return hash.digest('hex');
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
