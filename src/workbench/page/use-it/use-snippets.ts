import { useQuery } from '@tanstack/react-query';
import type { RunRequest, SnippetsResponse } from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';

/** Fetches the query as it is used elsewhere from the server, which knows the request. */
export function useSnippets(request: RunRequest): SnippetsResponse {
  const { data, error } = useQuery({
    queryKey: ['snippets', request],
    queryFn: ({ signal }) => api.snippets(request, signal),
    retry: false,
  });
  return data ?? { fields: [], hosts: [], typescript: '', problem: error ? errorMessage(error) : undefined };
}
