import type { ExecutionResult } from '../../../result.js';

/** A result's header, or an empty text. */
export function headerOf({ headers }: ExecutionResult, name: string): string {
  return headers[name]?.[0] ?? '';
}
