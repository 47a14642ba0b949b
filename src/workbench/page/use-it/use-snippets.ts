import { useEffect, useState } from 'react';
import type { RunRequest, SnippetsResponse } from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';

/** The query as cURL and TypeScript: the server makes them, since it knows the request. */
export function useSnippets(request: RunRequest): SnippetsResponse {
  const [snippets, setSnippets] = useState<SnippetsResponse>({ typescript: '' });
  useEffect(() => {
    const controller = new AbortController();
    api.snippets(request, controller.signal).then(setSnippets, (error: unknown) => {
      if (!controller.signal.aborted) setSnippets({ typescript: '', problem: errorMessage(error) });
    });
    return () => controller.abort();
  }, [request]);
  return snippets;
}
