import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '../browser/api-client.js';

const PROJECT_ID = /^\d+$/;

/**
 * Returns the server's view of the project's quota, if it is a project. Call `refresh` after anything that may have
 * cost a query.
 */
export function useQuota(connectionId: string | undefined, projectId: string | undefined) {
  const queries = useQueryClient();
  const isProject = projectId !== undefined && PROJECT_ID.test(projectId);
  const { data } = useQuery({
    queryKey: ['quota', connectionId, projectId],
    queryFn: () => api.quota(connectionId ?? '', projectId ?? ''),
    enabled: connectionId !== undefined && isProject,
    retry: false,
    // Each project has its own quota; the previous project's must not be shown while this one loads.
    placeholderData: undefined,
  });
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: ['quota'] }), [queries]);
  return { quota: isProject ? data : undefined, refresh };
}
