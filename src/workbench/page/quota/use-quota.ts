import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '../browser/api-client.js';

/** The quota of the project in use, as the server knows it; `refresh` after anything that may have cost a query. */
export function useQuota(connectionId: string | undefined, projectId: string) {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['quota', connectionId, projectId],
    queryFn: () => api.quota(connectionId ?? '', projectId),
    enabled: connectionId !== undefined,
    retry: false,
    // Another project has another quota, and none is shown while it is unknown.
    placeholderData: undefined,
  });
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: ['quota'] }), [queries]);
  return { quota: data, refresh };
}
