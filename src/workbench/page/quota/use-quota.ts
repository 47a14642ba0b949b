import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '../browser/api-client.js';

/** Returns the server's view of the project's quota. Call `refresh` after anything that may have cost a query. */
export function useQuota(connectionId: string | undefined, projectId: string) {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['quota', connectionId, projectId],
    queryFn: () => api.quota(connectionId ?? '', projectId),
    enabled: connectionId !== undefined,
    retry: false,
    // Each project has its own quota; the previous project's must not be shown while this one loads.
    placeholderData: undefined,
  });
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: ['quota'] }), [queries]);
  return { quota: data, refresh };
}
