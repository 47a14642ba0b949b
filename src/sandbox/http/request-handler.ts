import type { ServerResponse } from 'node:http';
import { authenticate, type Directory } from '../access/authentication.js';
import type { QuotaTicket } from '../access/meter.js';
import type { ControlContext } from '../control/control-api.js';
import { createFaultReply, type Fault } from '../control/faults.js';
import type { DataStore } from '../data/data-store.js';
import { type Endpoint, jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';
import { createErrorReply, EndpointError } from '../endpoint/errors.js';
import { createCorsHeaders } from './cors.js';
import { sendReply } from './reply-sender.js';

export interface HandlerContext extends ControlContext {
  store: DataStore;
  directory: Directory;
}

type EndpointHandler = Pick<Endpoint, 'family' | 'handle'>;

/** Answers paths that Mixpanel or the sandbox does not have. They are logged and may meet faults like any other. */
export const UNKNOWN_PATH: EndpointHandler = {
  // The family that needs no credentials.
  family: 'ingestion',
  // Mixpanel's words for an unknown path are not known.
  handle: ({ method, path }) => jsonReply(404, { error: `Unknown path: ${method} ${path}` }),
};

/** The answer to a request, before it is sent. */
interface PreparedReply {
  reply: Reply;
  fault?: Fault;
  ticket?: QuotaTicket;
}

/**
 * Answers one request in Mixpanel's order: credentials, quota, answer. A pending fault takes effect only after the
 * first two. The slot in the quota is held until the last byte is sent or the caller hangs up.
 *
 * Throws what the endpoint throws, after answering 500. An `EndpointError` is an answer.
 */
export async function handleRequest(
  response: ServerResponse,
  endpoint: EndpointHandler,
  request: SandboxRequest,
  context: HandlerContext,
): Promise<void> {
  const acceptsGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const { receivedAt: at, method, path, params } = request;
  const updateLog = context.log.add({ at, method, path, params });
  let ticket: QuotaTicket | undefined;
  try {
    const prepared = await prepareReply(endpoint, request, context);
    const { fault } = prepared;
    const reply = takesData(endpoint) ? withCors(prepared.reply, request) : prepared.reply;
    ticket = prepared.ticket;
    ticket?.settle(reply.status);
    updateLog({
      account: request.account?.username,
      project: request.project?.id,
      fault: fault?.kind,
      status: reply.status,
      charged: ticket?.charged ?? false,
    });
    updateLog(await sendReply(response, reply, { fault, acceptsGzip }));
  } catch (error) {
    if (!response.headersSent) {
      updateLog({ status: 500 });
      updateLog(
        await sendReply(
          response,
          createErrorReply(endpoint.family, request, 500, 'The local Mixpanel failed here.'),
        ),
      );
    }
    throw error;
  } finally {
    ticket?.release();
  }
}

function takesData(endpoint: EndpointHandler): boolean {
  return endpoint.family === 'ingestion' && endpoint !== UNKNOWN_PATH;
}

function withCors(reply: Reply, request: SandboxRequest): Reply {
  return { ...reply, headers: { ...createCorsHeaders(request), ...reply.headers } };
}

async function prepareReply(
  endpoint: EndpointHandler,
  request: SandboxRequest,
  { directory, quotas, faults, store }: HandlerContext,
): Promise<PreparedReply> {
  const authentication = authenticate(request, endpoint.family, directory);
  if ('rejection' in authentication) return { reply: authentication.rejection };
  Object.assign(request, authentication.identity);

  const admission = quotas.admit(request, endpoint.family);
  if ('rejection' in admission) return { reply: admission.rejection };
  const { ticket } = admission;

  const fault = faults.take(request);
  const replacement = fault && createFaultReply(fault, request.project?.id);
  try {
    return { ticket, fault, reply: replacement ?? (await endpoint.handle(request, store)) };
  } catch (error) {
    if (error instanceof EndpointError) {
      return {
        ticket,
        fault,
        reply: createErrorReply(endpoint.family, request, error.status, error.message),
      };
    }
    ticket.release();
    throw error;
  }
}
