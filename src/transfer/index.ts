import { PluginError } from '../errors.js';
import { streamExport } from './export.js';
import { streamList } from './list.js';
import { streamPages } from './pages.js';
import { streamSingle } from './single.js';
import type { Chunk, Transfer } from './transfer.js';

export { type BatchResult, type BatchTransfer, sendBatches, summarizeBatches } from './batches.js';
export { type Caps, collect } from './collector.js';
export { datesOfToken } from './resume-token.js';
export { RowStream } from './row-stream.js';
export type {
  Chunk,
  Lines,
  Transfer,
  TransferClient,
  TransferOptions,
  TransferProgress,
} from './transfer.js';

/** Streams what a command reads, by the transfer its definition names. */
export function streamChunks(transfer: Transfer): AsyncGenerator<Chunk> {
  const { transfer: spec } = transfer.command;
  switch (spec?.kind) {
    case 'export':
      return streamExport(spec, transfer);
    case 'pages':
      return streamPages(spec, transfer);
    case 'list':
      rejectResumeToken(transfer);
      return streamList(spec, transfer);
    default:
      rejectResumeToken(transfer);
      return streamSingle(transfer);
  }
}

function rejectResumeToken({ command, resumeToken }: Transfer): void {
  if (resumeToken === undefined) return;
  throw new PluginError(
    'INVALID_INPUT',
    `${command.label} comes in one answer and cannot be resumed. Start without the token.`,
  );
}
