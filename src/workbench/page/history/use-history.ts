import { useCallback, useEffect, useState } from 'react';
import type { RunRequest, RunResponse } from '../../wire.js';
import { createHistoryStorage, HISTORY_KEY } from './history-storage.js';
import { addEntry, changeEntry, createEntry, deleteEntry, type HistoryEntry } from './run-history.js';

const storage = createHistoryStorage(() => window.localStorage);

export interface RunHistory {
  entries: readonly HistoryEntry[];
  /** Whether the browser keeps the history when the page is closed. */
  isKept: boolean;
  /** Adds a run; one without a response was saved to a file. */
  add(request: RunRequest, response?: RunResponse): void;
  change(id: string, change: { starred?: boolean; name?: string }): void;
  remove(id: string): void;
}

/** Holds the last runs of this browser, in all its tabs. */
export function useHistory(): RunHistory {
  const [entries, setEntries] = useState<readonly HistoryEntry[]>(storage.read);
  const [isKept, setKept] = useState(true);
  useEffect(() => {
    // Another tab has changed it.
    function onStorage({ key }: StorageEvent) {
      if (key === HISTORY_KEY || key === null) setEntries(storage.read());
    }
    window.addEventListener('storage', onStorage);
    return () => window.removeEventListener('storage', onStorage);
  }, []);

  // Reads first, since another tab may have added runs.
  const update = useCallback((change: (history: HistoryEntry[]) => HistoryEntry[]) => {
    const changed = change(storage.read());
    setKept(storage.write(changed));
    setEntries(changed);
  }, []);

  return {
    entries,
    isKept,
    add: useCallback(
      (request, response) =>
        update((history) => addEntry(history, createEntry(request, response, Date.now()))),
      [update],
    ),
    change: useCallback((id, change) => update((history) => changeEntry(history, id, change)), [update]),
    remove: useCallback((id) => update((history) => deleteEntry(history, id)), [update]),
  };
}
