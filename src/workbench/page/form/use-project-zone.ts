import { useQuery } from '@tanstack/react-query';
import type { TimeZoneResponse } from '../../wire.js';
import { api } from '../browser/api-client.js';

/** Returns the time zone of the project that is queried, once it is known. Costs no query quota. */
export function useProjectZone(connectionId: string, projectId: string): TimeZoneResponse | undefined {
  const { data } = useQuery({
    queryKey: ['time-zone', connectionId, projectId],
    queryFn: () => api.timeZone(connectionId, projectId),
    enabled: connectionId !== '' && /^\d*$/.test(projectId),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return data;
}
