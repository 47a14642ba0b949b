import { useMemo, useRef } from 'react';
import type { Lookup, LookupOption } from '../../../command/lookup.js';
import { api } from '../browser/api-client.js';
import type { LookupSource } from './ManifestForm.js';

/** The fields an answer depends on, by what is looked up; a field never depends on itself. */
const DEPENDENCIES: Record<Lookup, readonly string[]> = {
  projects: [],
  workspaces: [],
  events: ['projectId', 'workspaceId'],
  properties: ['projectId', 'workspaceId', 'event'],
  propertyValues: ['projectId', 'workspaceId', 'event', 'propertyName'],
  cohorts: ['projectId', 'workspaceId'],
};

interface LookupContext {
  connectionId: string;
  command: string;
  parameters: Record<string, unknown>;
  /** Called after a look-up with what is looked up and the queries it cost. */
  onAnswer(lookup: Lookup, cost: number): void;
}

/** Entries of the form's dropdowns, each question asked once. */
export function useLookups(asked: LookupContext): LookupSource {
  const latest = useRef(asked);
  latest.current = asked;
  const cache = useRef(new Map<string, Promise<LookupOption[]>>());
  return useMemo(() => {
    const question: LookupSource['question'] = (lookup) => {
      const { connectionId, parameters } = latest.current;
      return JSON.stringify([connectionId, lookup, DEPENDENCIES[lookup].map((key) => parameters[key] ?? '')]);
    };
    return {
      question,
      load(lookup) {
        const { connectionId, command, parameters, onAnswer } = latest.current;
        const key = question(lookup);
        const asked = cache.current.get(key);
        if (asked) return asked;
        const pending = api
          .options({ connectionId, command, parameters, lookup })
          .then(({ options, cost }) => {
            onAnswer(lookup, cost);
            return options;
          });
        cache.current.set(key, pending);
        pending.catch(() => cache.current.delete(key));
        return pending;
      },
    };
  }, []);
}
