import { MINUTE_MS } from '../../time/durations.js';
import type { SandboxRequest } from '../endpoint/definition.js';
import { readRecords } from '../ingestion/request-records.js';
import { isObject } from '../records/json.js';
import type { Json } from '../records/write.js';

/** 2 GB of uncompressed JSON or about 30,000 events a second, over a minute. https://developer.mixpanel.com/reference/import-events */
const INGESTION_LIMITS = { bytes: 2_000_000_000, events: 30_000 * 60, windowMs: MINUTE_MS };

interface Arrival {
  at: number;
  bytes: number;
  events: number;
}

/** Counts the bytes and records of ingestion, for the project of the credentials or else of the first record's token. */
export class IngestionMeter {
  readonly #windows = new Map<string, Arrival[]>();
  readonly #windowMs: number;

  constructor(timeScale: number) {
    this.#windowMs = INGESTION_LIMITS.windowMs / timeScale;
  }

  /** Returns whether the request exceeds the limit. It is counted if it does not, or if `enforced` is false. */
  exceeds(request: SandboxRequest, at: number, enforced: boolean): boolean {
    const records = readRecords(request);
    const key = request.project?.id ?? readToken(records[0]);
    const recent = (this.#windows.get(key) ?? []).filter((arrival) => arrival.at > at - this.#windowMs);
    recent.push({ at, bytes: request.rawBody.byteLength, events: records.length });
    const bytes = recent.reduce((sum, arrival) => sum + arrival.bytes, 0);
    const events = recent.reduce((sum, arrival) => sum + arrival.events, 0);
    const exceeded = bytes > INGESTION_LIMITS.bytes || events > INGESTION_LIMITS.events;
    if (!exceeded || !enforced) this.#windows.set(key, recent);
    return exceeded;
  }
}

function readToken(record: Json | undefined): string {
  if (!isObject(record)) return '';
  const token = record.$token ?? (isObject(record.properties) ? record.properties.token : undefined);
  return typeof token === 'string' ? token : '';
}
