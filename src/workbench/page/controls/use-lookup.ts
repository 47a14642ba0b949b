import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { errorMessage } from '../browser/api-client.js';
import type { LookupOption, LookupQuery } from './control-props.js';

export interface LookupState {
  options: readonly LookupOption[];
  loading: boolean;
  /** Why there are no entries, in a sentence. */
  problem?: string;
  /** Fetches the entries, once for the same question. */
  load(): void;
}

const NO_OPTIONS: readonly LookupOption[] = [];

/** Entries of a dropdown, fetched when it is first opened: a look-up may cost a query. */
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
  const none = data?.length === 0 ? 'There are none.' : undefined;
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
