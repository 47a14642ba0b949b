import { annotationRequests } from './annotations.js';
import { UnknownShapeError } from './answer-shape.js';
import { listRequests } from './app-lists.js';
import { funnelRequests } from './funnels.js';
import { lexiconRequests } from './lexicon.js';
import type { AnswerRows, AskedRequest, NamedRequest, RequestGroup } from './named-request.js';
import { groupProfileRequests, profileRequests } from './profile-updates.js';
import { reportRequests } from './reports.js';
import { retentionRequests } from './retention.js';
import { segmentationRequests } from './segmentation.js';

export type { AnswerRows, AskedRequest, NamedRequest } from './named-request.js';

/** All requests by name, in the order of menus and lists. */
export const requestGroups: readonly RequestGroup[] = [
  segmentationRequests,
  funnelRequests,
  retentionRequests,
  reportRequests,
  profileRequests,
  groupProfileRequests,
  annotationRequests,
  lexiconRequests,
  listRequests,
];

/** A named request with the label of its group. */
export type GroupedRequest = NamedRequest & { group: string };

export const namedRequests: readonly GroupedRequest[] = requestGroups.flatMap(({ label, requests }) =>
  requests.map((request) => ({ ...request, group: label })),
);

const readers = requestGroups.flatMap(({ answers }) => answers);

/** Rows of an answer, or why it has none although its endpoint is known. */
export type ReadAnswer = AnswerRows | { unknownShape: string };

/** Returns what the endpoint's reader makes of an answer; `undefined` if no reader knows the endpoint. */
export function readAnswer(body: unknown, asked: AskedRequest): ReadAnswer | undefined {
  const reader = readers.find(({ methods, path }) => methods.includes(asked.method) && path.test(asked.path));
  if (!reader) return undefined;
  try {
    return reader.read(body, asked);
  } catch (error) {
    if (error instanceof UnknownShapeError) return { unknownShape: error.message };
    throw error;
  }
}
