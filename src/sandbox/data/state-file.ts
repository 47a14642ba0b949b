import { closeSync, createReadStream, fdatasyncSync, openSync, truncateSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { PluginError } from '../../errors.js';
import { toEpochMs } from '../../time/epoch.js';
import { isObject, parseJson } from '../records/json.js';
import { readLines } from '../records/lines.js';
import type { JsonObject, StoredEvent, Write } from '../records/write.js';

/**
 * What was written to the sandbox, kept in a file: one JSON object per line, only ever added to.
 *
 * A write is handed to the operating system before its request is answered, so killing the sandbox loses nothing
 * that was acknowledged. The file is synced to the disk once a second and on close: a power cut may cost that second.
 */
export interface StateFile {
  /** What the file held when it was opened, oldest first. */
  readonly writes: readonly Write[];
  /** Bytes of an incomplete last line that were cut off: a write that was never acknowledged. */
  readonly droppedBytes: number;
  append(writes: readonly Write[]): void;
  close(): void;
}

const SYNC_INTERVAL_MS = 1000;

/**
 * Opens the file, or makes it. A torn last line, left by a sandbox killed while writing, was never acknowledged and
 * is cut off.
 *
 * @throws `INVALID_INPUT` when another line is no write, naming it: such a file is not this sandbox's and stays as
 * it is.
 */
export async function openStateFile(file: string): Promise<StateFile> {
  const { writes, droppedBytes } = await readWrites(file);
  const descriptor = openSync(file, 'a', 0o600);
  let timer: NodeJS.Timeout | undefined;
  return {
    writes,
    droppedBytes,
    append(added) {
      if (added.length === 0) return;
      const bytes = Buffer.from(added.map((write) => `${JSON.stringify(write)}\n`).join(''));
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(descriptor, bytes, at);
      timer ??= setTimeout(() => {
        timer = undefined;
        fdatasyncSync(descriptor);
      }, SYNC_INTERVAL_MS).unref();
    },
    close() {
      clearTimeout(timer);
      fdatasyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}

/**
 * Reads events of one's own, a line each in the export's format: `{"event": ..., "properties": {"time": ...}}`, the
 * time in epoch seconds or milliseconds. Streams: the file may be larger than memory.
 *
 * @throws `INVALID_INPUT` naming the line that is not such an event.
 */
export async function* readEvents(file: string): AsyncGenerator<StoredEvent> {
  let number = 0;
  for await (const { text } of readLines(createReadStream(file))) {
    number += 1;
    if (text.trim() !== '') yield readEvent(text, `${file}, line ${number}`);
  }
}

async function readWrites(file: string): Promise<Pick<StateFile, 'writes' | 'droppedBytes'>> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) return { writes: [], droppedBytes: 0 };
  const writes: Write[] = [];
  let validBytes = 0;
  for await (const { text, end, complete } of readLines(createReadStream(file))) {
    if (!complete && isWritePrefix(text)) break;
    const write = complete ? parseJson(text) : undefined;
    if (!isWrite(write)) {
      throw new PluginError(
        'INVALID_INPUT',
        `${file}, line ${writes.length + 1} is not a write of a sandbox. Give --state a file that a sandbox made, or a new name.`,
      );
    }
    writes.push(write);
    validBytes = end;
  }
  if (validBytes < size) truncateSync(file, validBytes);
  return { writes, droppedBytes: size - validBytes };
}

function readEvent(text: string, location: string): StoredEvent {
  const parsed = parseJson(text);
  const properties = isObject(parsed) ? parsed.properties : undefined;
  if (!isObject(parsed) || typeof parsed.event !== 'string' || !isObject(properties)) {
    throw new PluginError(
      'INVALID_INPUT',
      `${location} is not an event. Each line must be {"event": "...", "properties": {"time": ...}}.`,
    );
  }
  if (typeof properties.time !== 'number') {
    throw new PluginError(
      'INVALID_INPUT',
      `${location} has no time. Give properties.time as seconds or milliseconds since 1970.`,
    );
  }
  return { event: parsed.event, properties: { ...properties, time: toEpochMs(properties.time) } };
}

const WRITE_PREFIX = '{"kind":"';

/** Anybody's file may lack its last newline: only what looks like ours may be cut. */
function isWritePrefix(text: string): boolean {
  return text.startsWith(WRITE_PREFIX) || WRITE_PREFIX.startsWith(text);
}

/** Whether a value has what applying it needs: a damaged file ends in a message, not in an exception later. */
function isWrite(value: unknown): value is Write {
  return WRITE_SCHEMA.safeParse(value).success;
}

const projectId = z.string();
const object = z.custom<JsonObject>(isObject);
const user = z.object({ id: z.number(), first_name: z.string(), last_name: z.string() });

const WRITE_SCHEMA = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    projectId,
    event: z.object({ event: z.string(), properties: object.refine(({ time }) => typeof time === 'number') }),
  }),
  z.object({ kind: z.literal('profile'), projectId, at: z.number(), update: object }),
  z.object({ kind: z.literal('group'), projectId, at: z.number(), update: object }),
  z.object({
    kind: z.literal('annotation'),
    projectId,
    annotation: z.object({
      id: z.number(),
      at: z.number(),
      description: z.string(),
      user,
      tagIds: z.array(z.number()),
    }),
  }),
  z.object({ kind: z.literal('annotation-deleted'), projectId, id: z.number() }),
  z.object({
    kind: z.literal('annotation-tag'),
    projectId,
    tag: z.object({ id: z.number(), name: z.string() }),
  }),
  z.object({
    kind: z.literal('schema'),
    projectId,
    schema: z.object({ entityType: z.string(), name: z.string(), schemaJson: object }),
  }),
  z.object({ kind: z.literal('schema-deleted'), projectId, entityType: z.string(), name: z.string() }),
  z.object({ kind: z.literal('lookup-table'), projectId, id: z.string(), csv: z.string() }),
]) satisfies z.ZodType<Write>;
