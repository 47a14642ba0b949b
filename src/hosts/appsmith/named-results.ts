import type { QueryResult } from '../../result/query-result.js';
import { type ActionExecutionResult, toActionExecutionResult } from './result.js';

/**
 * Lets a result answer to Appsmith's names too (`isExecutionSuccess`, `headers`, `readableError`…), which results had
 * before they were typed: scripts written then keep working. The names are hidden from `JSON.stringify` and loops,
 * computed when read, and go with 1.0. See docs/decisions/0003-typed-result.md.
 */
export function withAppsmithNames<R extends QueryResult>(result: R): R {
  let dressed: ActionExecutionResult | undefined;
  for (const name of NAMES) {
    if (name in result) continue;
    Object.defineProperty(result, name, {
      get: () => {
        dressed ??= toActionExecutionResult(result);
        return dressed[name];
      },
    });
  }
  return result;
}

const NAMES = [
  'isExecutionSuccess',
  'statusCode',
  'headers',
  'body',
  'title',
  'errorType',
  'readableError',
] as const satisfies (keyof ActionExecutionResult)[];
