import type { ExportedRecord, RecordReader } from '../../src/mixpanel/export-records.js';

/** Returns the records that a reader finds in a block. */
export function listRecords(reader: RecordReader, block: Buffer): ExportedRecord[] {
  const records: ExportedRecord[] = [];
  reader.read(block, { takeRecord: (record) => records.push(record) });
  return records;
}
