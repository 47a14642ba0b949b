import { useCallback, useEffect, useRef, useState } from 'react';
import type { QuotaResponse } from '../../wire.js';
import { api } from '../browser/api-client.js';

/** The quota of the project in use, as the server knows it; `refresh` after anything that may have cost a query. */
export function useQuota(connectionId: string | undefined, projectId: string) {
  const [quota, setQuota] = useState<QuotaResponse>();
  const latest = useRef({ connectionId, projectId });
  latest.current = { connectionId, projectId };

  const refresh = useCallback(() => {
    const requested = latest.current;
    if (!requested.connectionId) return setQuota(undefined);
    api.quota(requested.connectionId, requested.projectId).then(
      (response) => {
        if (requested.connectionId === latest.current.connectionId) setQuota(response);
      },
      () => setQuota(undefined),
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another datasource or project has another quota.
  useEffect(refresh, [connectionId, projectId]);

  return { quota, refresh };
}
