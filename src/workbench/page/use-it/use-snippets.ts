import { useEffect, useState } from 'react';
import type { QueryCall, SnippetsAnswer } from '../../wire.js';
import { api, sentenceOf } from '../browser/api-client.js';

/** The query as cURL and TypeScript: the server makes them, since it knows the request. */
export function useSnippets(call: QueryCall): SnippetsAnswer {
  const [snippets, setSnippets] = useState<SnippetsAnswer>({ typescript: '' });
  useEffect(() => {
    const abort = new AbortController();
    api.snippets(call, abort.signal).then(setSnippets, (error: unknown) => {
      if (!abort.signal.aborted) setSnippets({ typescript: '', problem: sentenceOf(error) });
    });
    return () => abort.abort();
  }, [call]);
  return snippets;
}
