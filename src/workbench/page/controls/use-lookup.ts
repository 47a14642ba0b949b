import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { errorMessage } from '../browser/api-client.js';
import type { LookupOption, LookupQuery } from './control-props.js';

export interface LookupState {
  options: readonly LookupOption[];
  loading: boolean;
  /** Why there are no entries; a sentence. */
  problem?: string;
  /** Fetches the entries, once per key. */
  load(): void;
}

const NO_OPTIONS: readonly LookupOption[] = [];

/** Returns the entries of a dropdown, fetched when it is first opened because a lookup may cost a query. */
export function useLookup(lookup: LookupQuery | undefined): LookupState {
  const [openedFor, setOpenedFor] = useState<string>();
  const question = lookup?.question;
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['options', question],
    queryFn: () => lookup?.load() ?? [],
    enabled: question !== undefined && openedFor === question,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const none = data?.length === 0 ? 'No entries found.' : undefined;
  return {
    options: data ?? NO_OPTIONS,
    loading: isFetching,
    problem: isFetching ? undefined : error ? errorMessage(error) : none,
    load() {
      if (openedFor === question && error) void refetch();
      setOpenedFor(question);
    },
  };
}
