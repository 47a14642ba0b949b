import type { World } from '../data/data-store.js';
import { toJsonText } from '../records/large-integer.js';
import type { Endpoint, Exchange, Reply } from './definition.js';
import { evaluating } from './parameters.js';

/** An endpoint of the Query API that answers in JSON. */
export function queryEndpoint(
  method: 'GET' | 'POST',
  path: string,
  answer: (exchange: Exchange, world: World) => unknown,
): Endpoint {
  return endpoint(method, path, (exchange, world) => okJson(answer(exchange, world)));
}

/** An endpoint of the Query API that makes its own reply. */
export function endpoint(
  method: 'GET' | 'POST',
  path: string,
  handle: (exchange: Exchange, world: World) => Reply,
): Endpoint {
  return {
    method,
    path: `/api/query${path}`,
    family: 'query',
    handle: (exchange, world) => evaluating(() => handle(exchange, world)),
  };
}

export function okJson(body: unknown): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: toJsonText(body) };
}

/** As Mixpanel writes the moment of an answer: `2019-10-07T23:02:11.666218+00:00`. */
export function computedAt(now: number): string {
  return new Date(now).toISOString().replace('Z', '000+00:00');
}
