import type { MixpanelPlugin } from '../plugin.js';
import { asPluginError, failureResult } from '../result/query-result.js';
import type { InFlight } from './in-flight.js';

/** The plugin with every query in one of the places there are; without one its result is `BUSY`. */
export function bound(plugin: MixpanelPlugin, inFlight: InFlight): MixpanelPlugin {
  return {
    ...plugin,
    execute: (call) =>
      inFlight
        .run((abandoned) => plugin.execute({ ...call, signal: anyOf(abandoned, call.signal) }))
        .catch((thrown) => failureResult(asPluginError(thrown))),
    // A long export keeps its connection, not a place; it ends with the service.
    stream: (call) => plugin.stream({ ...call, signal: anyOf(inFlight.signal, call.signal) }),
  };
}

function anyOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
