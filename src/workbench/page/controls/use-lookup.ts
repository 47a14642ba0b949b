import { useEffect, useRef, useState } from 'react';
import { errorMessage } from '../browser/api-client.js';
import type { LookupOption } from './control-props.js';

export interface LookupState {
  options: readonly LookupOption[];
  loading: boolean;
  /** Why there are no entries, in a sentence. */
  problem?: string;
  /** Fetches the entries, once for the same question. */
  load(): void;
}

/** Entries of a dropdown, fetched when it is first opened: a look-up may cost a query. */
export function useLookup(loadOptions: (() => Promise<LookupOption[]>) | undefined): LookupState {
  const [state, setState] = useState<Omit<LookupState, 'load'>>({ options: [], loading: false });
  const requested = useRef<unknown>(undefined);

  useEffect(() => {
    if (requested.current !== loadOptions) setState({ options: [], loading: false });
  }, [loadOptions]);

  return {
    ...state,
    load() {
      if (!loadOptions || requested.current === loadOptions) return;
      requested.current = loadOptions;
      setState({ options: [], loading: true });
      const isLatest = () => requested.current === loadOptions;
      loadOptions().then(
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
          requested.current = undefined;
          setState({ options: [], loading: false, problem: errorMessage(error) });
        },
      );
    },
  };
}
