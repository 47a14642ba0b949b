import type { ServerResponse } from 'node:http';
import { authenticate, type Directory } from '../access/authentication.js';
import type { QuotaTicket } from '../access/quotas.js';
import type { Controls } from '../control/control-api.js';
import { type Fault, replaceReply } from '../control/faults.js';
import type { World } from '../data/data-store.js';
import { type Endpoint, type Exchange, jsonReply, type Reply } from '../endpoint/definition.js';
import { Refusal, refusalReply } from '../endpoint/errors.js';
import { deliver } from './reply-sender.js';

export interface AnsweringParts extends Controls {
  world: World;
  directory: Directory;
}

/** What an endpoint is to the way of an answer. */
type Answering = Pick<Endpoint, 'family' | 'handle'>;

/** For paths that Mixpanel does not have, or that the sandbox lacks: logged and open to faults like any other. */
export const UNKNOWN_PATH: Answering = {
  // The family that asks no credentials.
  family: 'ingestion',
  // Mixpanel's words for a path it does not have are not known.
  handle: ({ method, path }) => jsonReply(404, { error: `Unknown path: ${method} ${path}` }),
};

/** What became of a request before its answer is sent. */
interface Outcome {
  reply: Reply;
  fault?: Fault;
  ticket?: QuotaTicket;
}

/**
 * Answers one request for one of Mixpanel's paths, in Mixpanel's order: who is it, may it start, what is the answer.
 * A fault that waits for the call takes effect only when it has got so far. The place in the quota is held until the
 * last byte has left or the caller has.
 *
 * @throws what the endpoint threw, unless it is a `Refusal`, after answering 500.
 */
export async function answer(
  response: ServerResponse,
  endpoint: Answering,
  exchange: Exchange,
  parts: AnsweringParts,
): Promise<void> {
  const acceptsGzip = /\bgzip\b/.test(exchange.headers['accept-encoding'] ?? '');
  const { receivedAt: at, method, path, params } = exchange;
  const note = parts.log.add({ at, method, path, params });
  let ticket: QuotaTicket | undefined;
  try {
    const outcome = await decide(endpoint, exchange, parts);
    const { reply, fault } = outcome;
    ticket = outcome.ticket;
    ticket?.settle(reply.status);
    note({
      account: exchange.account?.username,
      project: exchange.project?.id,
      fault: fault?.kind,
      status: reply.status,
      charged: ticket?.charged ?? false,
    });
    note(await deliver(response, reply, { fault, acceptsGzip }));
  } catch (error) {
    if (!response.headersSent) {
      note({ status: 500 });
      note(
        await deliver(
          response,
          refusalReply(endpoint.family, exchange, 500, 'The local Mixpanel failed here.'),
        ),
      );
    }
    throw error;
  } finally {
    ticket?.release();
  }
}

async function decide(
  endpoint: Answering,
  exchange: Exchange,
  { directory, quotas, faults, world }: AnsweringParts,
): Promise<Outcome> {
  const authentication = authenticate(exchange, endpoint.family, directory);
  if ('refusal' in authentication) return { reply: authentication.refusal };
  Object.assign(exchange, authentication.identity);

  const admission = quotas.admit(exchange, endpoint.family);
  if ('refusal' in admission) return { reply: admission.refusal };
  const { ticket } = admission;

  const fault = faults.take(exchange);
  const replaced = fault && replaceReply(fault, exchange.project?.id);
  try {
    return { ticket, fault, reply: replaced ?? (await endpoint.handle(exchange, world)) };
  } catch (error) {
    if (error instanceof Refusal) {
      return { ticket, fault, reply: refusalReply(endpoint.family, exchange, error.status, error.message) };
    }
    ticket.release();
    throw error;
  }
}
