import type { ServerResponse } from 'node:http';
import { authenticate, type Directory } from './accounts.js';
import type { Controls } from './control.js';
import { deliver } from './delivery.js';
import type { Endpoint, Exchange, Reply } from './exchange.js';
import { type Fault, replaceReply } from './faults.js';
import type { QuotaTicket } from './quotas.js';
import { Refusal, refusalReply } from './refusal.js';
import type { World } from './world.js';

export interface AnsweringParts extends Controls {
  world: World;
  directory: Directory;
}

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
  endpoint: Endpoint,
  exchange: Exchange,
  parts: AnsweringParts,
): Promise<void> {
  const acceptsGzip = /\bgzip\b/.test(exchange.headers['accept-encoding'] ?? '');
  let outcome: Outcome | undefined;
  let sent = { bytes: 0, complete: false };
  try {
    outcome = await decide(endpoint, exchange, parts);
    outcome.ticket?.settle(outcome.reply.status);
    sent = await deliver(response, outcome.reply, { fault: outcome.fault, acceptsGzip });
  } catch (error) {
    if (!response.headersSent) {
      await deliver(
        response,
        refusalReply(endpoint.family, exchange, 500, 'The sandbox failed to answer this.'),
      );
    }
    throw error;
  } finally {
    outcome?.ticket?.release();
    parts.log.add({
      at: exchange.receivedAt,
      method: exchange.method,
      path: exchange.path,
      params: exchange.params,
      account: exchange.account?.username,
      project: exchange.project?.id,
      status: outcome?.reply.status ?? 500,
      charged: outcome?.ticket?.charged ?? false,
      fault: outcome?.fault?.kind,
      ...sent,
    });
  }
}

async function decide(
  endpoint: Endpoint,
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
