import { zValidator } from '@hono/zod-validator';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Issue } from '../../errors.js';
import type { ProblemResponse } from '../wire.js';

export const MALFORMED_MESSAGE = 'The request does not match this version of the workbench. Reload the page.';

/** Validates a body against its schema. */
export const jsonBody = <S extends z.ZodType>(schema: S) =>
  zValidator('json', schema, (result, context) => {
    if (!result.success) return sendProblem(context, 400, MALFORMED_MESSAGE);
  });

export function sendProblem(
  context: Context,
  status: 400 | 401 | 409 | 413 | 422 | 500,
  error: string,
  issues?: readonly Issue[],
): Response {
  return context.json({ error, ...(issues ? { issues } : {}) } satisfies ProblemResponse, status);
}
