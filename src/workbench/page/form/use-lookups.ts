import { useMemo, useRef } from 'react';
import { LOOKUP_INFO, type Lookup } from '../../../command/lookup.js';
import { api } from '../browser/api-client.js';
import type { MakeLookup } from '../controls/control-props.js';

interface LookupContext {
  connectionId: string;
  command: string;
  parameters: Record<string, unknown>;
  /** Called after a lookup, with the number of queries it cost. */
  onAnswer(lookup: Lookup, cost: number): void;
}

/** Makes lookups for the form's dropdowns and editors. */
export interface LookupSource {
  /** Returns a lookup for the form as it is. */
  query: MakeLookup;
}

/** Loads the entries of the form's dropdowns. The query cache loads each key once. */
export function useLookups(context: LookupContext): LookupSource {
  const latest = useRef(context);
  latest.current = context;
  return useMemo(
    () => ({
      query(lookup, given = {}) {
        const { connectionId, command } = latest.current;
        const parameters = { ...latest.current.parameters, ...given };
        const { noun, queries, needs, narrowedBy } = LOOKUP_INFO[lookup];
        const read = (key: string) => (parameters as Record<string, unknown>)[key] ?? '';
        // Without what it needs, it is refused before it costs anything.
        const isRefused = needs.some(
          (key) => key !== 'projectId' && read(key) === '' && !(key === 'event' && read('events') !== ''),
        );
        return {
          question: JSON.stringify([connectionId, lookup, [...needs, ...narrowedBy].map(read)]),
          noun,
          queries: isRefused ? 0 : queries,
          async load() {
            const { options, cost } = await api.options({ connectionId, command, parameters, lookup });
            latest.current.onAnswer(lookup, cost);
            return options;
          },
        };
      },
    }),
    [],
  );
}
