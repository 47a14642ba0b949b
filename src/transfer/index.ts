import { PluginError } from '../errors.js';
import { deliverExport } from './export.js';
import { deliverList } from './list.js';
import { deliverPages } from './pages.js';
import { deliverSingle } from './single.js';
import type { DeliveryCall, Piece } from './transfer.js';

export { type BatchesCall, type BatchOutcome, sendBatches, tabulateBatches } from './batches.js';
export { type Caps, collect } from './collector.js';
export { RowStream } from './row-stream.js';
export type { DeliveryCall, DeliveryOptions, DeliveryPort, DeliveryProgress, Piece } from './transfer.js';

/** Delivers what a command reads, by whichever way it comes. */
export function deliver(call: DeliveryCall): AsyncGenerator<Piece> {
  const { delivery } = call.command;
  switch (delivery?.kind) {
    case 'export':
      return deliverExport(delivery, call);
    case 'pages':
      return deliverPages(delivery, call);
    case 'list':
      refuseToken(call);
      return deliverList(delivery, call);
    default:
      refuseToken(call);
      return deliverSingle(call);
  }
}

function refuseToken({ command, resumeToken }: DeliveryCall): void {
  if (resumeToken === undefined) return;
  throw new PluginError(
    'INVALID_INPUT',
    `${command.label} comes in one answer and cannot be resumed. Start without the token.`,
  );
}
