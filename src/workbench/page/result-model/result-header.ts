import type { ExecutionResult } from '../../../result/query-result.js';

/** A result's header, or an empty text. */
export function headerOf({ headers }: ExecutionResult, name: string): string {
  return headers[name]?.[0] ?? '';
}
