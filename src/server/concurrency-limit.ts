import { asPluginError } from '../errors.js';
import type { MixpanelPlugin } from '../plugin.js';
import { failureOf } from '../result/query-result.js';
import type { InFlight } from './in-flight.js';

/** Limits concurrent queries. If no slot is free, the result is `BUSY`. */
export function bound(plugin: MixpanelPlugin, inFlight: InFlight): MixpanelPlugin {
  return {
    ...plugin,
    execute: (call) =>
      inFlight
        .run((abandoned) => plugin.execute({ ...call, signal: anyOf(abandoned, call.signal) }))
        .catch((thrown) => failureOf(asPluginError(thrown))),
    // A long transfer does not occupy a slot. It is aborted when the service stops.
    stream: (call) => plugin.stream({ ...call, signal: anyOf(inFlight.signal, call.signal) }),
    send: (call) => plugin.send({ ...call, signal: anyOf(inFlight.signal, call.signal) }),
  };
}

function anyOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
