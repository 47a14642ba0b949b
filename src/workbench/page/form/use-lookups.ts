import { useMemo, useRef } from 'react';
import { LOOKUP_INFO, type Lookup } from '../../../command/lookup.js';
import { api } from '../browser/api-client.js';
import type { LookupSource } from './ManifestForm.js';

interface LookupContext {
  connectionId: string;
  command: string;
  parameters: Record<string, unknown>;
  /** Called after a lookup, with the number of queries it cost. */
  onAnswer(lookup: Lookup, cost: number): void;
}

/** Loads the entries of the form's dropdowns. The query cache loads each key once. */
export function useLookups(context: LookupContext): LookupSource {
  const latest = useRef(context);
  latest.current = context;
  return useMemo(
    () => ({
      question(lookup, given) {
        const { connectionId, parameters } = latest.current;
        const { needs, narrowedBy } = LOOKUP_INFO[lookup];
        return JSON.stringify([
          connectionId,
          lookup,
          [...needs, ...narrowedBy].map((key) => given?.[key] ?? parameters[key] ?? ''),
        ]);
      },
      async load(lookup, given) {
        const { connectionId, command, parameters, onAnswer } = latest.current;
        const { options, cost } = await api.options({
          connectionId,
          command,
          parameters: { ...parameters, ...given },
          lookup,
        });
        onAnswer(lookup, cost);
        return options;
      },
    }),
    [],
  );
}
