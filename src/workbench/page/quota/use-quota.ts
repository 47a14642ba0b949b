import { useCallback, useEffect, useRef, useState } from 'react';
import type { QuotaAnswer } from '../../wire.js';
import { api } from '../browser/api-client.js';

/** The quota of the project in use, as the server knows it; `refresh` after anything that may have cost a query. */
export function useQuota(connectionId: string | undefined, projectId: string) {
  const [quota, setQuota] = useState<QuotaAnswer>();
  const latest = useRef({ connectionId, projectId });
  latest.current = { connectionId, projectId };

  const refresh = useCallback(() => {
    const asked = latest.current;
    if (!asked.connectionId) return setQuota(undefined);
    api.quota(asked.connectionId, asked.projectId).then(
      (answer) => {
        if (asked.connectionId === latest.current.connectionId) setQuota(answer);
      },
      () => setQuota(undefined),
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another datasource or project has another quota.
  useEffect(refresh, [connectionId, projectId]);

  return { quota, refresh };
}
