import { useEffect, useRef, useState } from 'react';
import { sentenceOf } from '../browser/api-client.js';
import type { LookupOption } from './control-props.js';

export interface Lookup {
  options: readonly LookupOption[];
  loading: boolean;
  /** Why there are no entries, in a sentence. */
  problem?: string;
  /** Fetches the entries, once for the same question. */
  load(): void;
}

/** Entries of a dropdown, fetched when it is first opened: a look-up may cost a query. */
export function useLookup(lookUp: (() => Promise<LookupOption[]>) | undefined): Lookup {
  const [state, setState] = useState<Omit<Lookup, 'load'>>({ options: [], loading: false });
  const asked = useRef<unknown>(undefined);

  useEffect(() => {
    if (asked.current !== lookUp) setState({ options: [], loading: false });
  }, [lookUp]);

  return {
    ...state,
    load() {
      if (!lookUp || asked.current === lookUp) return;
      asked.current = lookUp;
      setState({ options: [], loading: true });
      const isLatest = () => asked.current === lookUp;
      lookUp().then(
        (options) => {
          if (!isLatest()) return;
          setState({
            options,
            loading: false,
            problem: options.length === 0 ? 'There are none.' : undefined,
          });
        },
        (error: unknown) => {
          if (!isLatest()) return;
          asked.current = undefined;
          setState({ options: [], loading: false, problem: sentenceOf(error) });
        },
      );
    },
  };
}
