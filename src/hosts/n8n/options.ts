import type { Command } from '../../command/definition.js';

/** The collection that holds what may be left out. */
export const OPTIONS = 'options';
/** Options of the node itself, beside the fields of a command. */
export const MAX_ITEMS = 'maxItems';
export const TIMEOUT_SECONDS = 'timeoutSeconds';

export const DEFAULT_MAX_ITEMS = 100_000;
export const DEFAULT_TIMEOUT_SECONDS = 60;

/** Returns whether the command gives rows without end: they are streamed into items. */
export function isStreamed({ transfer }: Command): boolean {
  return transfer?.kind === 'export' || transfer?.kind === 'pages';
}
