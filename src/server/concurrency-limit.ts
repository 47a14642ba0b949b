import { asPluginError } from '../errors.js';
import type { MixpanelPlugin } from '../plugin.js';
import { failureOf } from '../result/query-result.js';
import type { InFlight } from './in-flight.js';

/** Runs each query in one of the limited concurrency slots; without a free one its result is `BUSY`. */
export function bound(plugin: MixpanelPlugin, inFlight: InFlight): MixpanelPlugin {
  return {
    ...plugin,
    execute: (call) =>
      inFlight
        .run((abandoned) => plugin.execute({ ...call, signal: anyOf(abandoned, call.signal) }))
        .catch((thrown) => failureOf(asPluginError(thrown))),
    // A long export holds its connection, not a slot; it ends with the service.
    stream: (call) => plugin.stream({ ...call, signal: anyOf(inFlight.signal, call.signal) }),
  };
}

function anyOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
