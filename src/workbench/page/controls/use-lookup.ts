import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { errorMessage } from '../browser/api-client.js';
import type { LookupOption, LookupQuery } from './control-props.js';

export interface LookupState {
  options: readonly LookupOption[];
  loading: boolean;
  /** Why there are no entries; a sentence. */
  problem?: string;
  /** What a lookup would cost, if it has not been made and costs something: `Look up events (1 query)`. */
  offer?: string;
  /** Tells that the entries are wanted. Fetches them if that is free; else the user takes the offer first. */
  open(): void;
  /** Fetches the entries, once per key. */
  load(): void;
}

const NO_OPTIONS: readonly LookupOption[] = [];

/** The cached entries are good as long as the page: look-ups change rarely, and may cost a query. */
export const LOOKUP_CACHE = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;

export function lookupKey(question: string | undefined) {
  return ['options', question] as const;
}

/** Returns what a lookup costs, in the words of a button. */
export function offerLookup({ noun, queries }: Pick<LookupQuery, 'noun' | 'queries'>): string {
  return queries === 0
    ? `Look up ${noun}`
    : `Look up ${noun} (${queries === 1 ? '1 query' : `${queries} queries`})`;
}

/** Returns the entries of a dropdown, fetched when the user asks for them. */
export function useLookup(lookup: LookupQuery | undefined): LookupState {
  const [openedFor, setOpenedFor] = useState<string>();
  const question = lookup?.question;
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: lookupKey(question),
    queryFn: () => lookup?.load() ?? [],
    enabled: question !== undefined && openedFor === question,
    ...LOOKUP_CACHE,
  });
  const none = data?.length === 0 ? 'No entries found.' : undefined;
  const isKnown = data !== undefined || isFetching;
  const load = () => {
    if (openedFor === question && error) void refetch();
    setOpenedFor(question);
  };
  return {
    options: data ?? NO_OPTIONS,
    loading: isFetching,
    problem: isFetching ? undefined : error ? errorMessage(error) : none,
    offer: lookup && lookup.queries > 0 && !isKnown ? offerLookup(lookup) : undefined,
    open() {
      if (lookup?.queries === 0) load();
    },
    load,
  };
}
