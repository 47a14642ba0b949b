import { formatHistory, type HistoryEntry, parseHistory } from './run-history.js';

export const HISTORY_KEY = 'mixpanel-workbench.history';

/** The part of `localStorage` that is used. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
}

/** Keeps the history in this browser. If the browser refuses, it is kept until the page is closed. */
export interface HistoryStorage {
  read(): HistoryEntry[];
  /** Returns whether the browser keeps it. */
  write(history: readonly HistoryEntry[]): boolean;
}

/** @param open throws if the browser forbids the page to keep data. */
export function createHistoryStorage(open: () => TextStorage): HistoryStorage {
  let inMemory: readonly HistoryEntry[] | undefined;
  return {
    read() {
      if (inMemory) return [...inMemory];
      try {
        return parseHistory(open().getItem(HISTORY_KEY));
      } catch {
        return [];
      }
    },
    write(history) {
      try {
        open().setItem(HISTORY_KEY, formatHistory(history));
        inMemory = undefined;
        return true;
      } catch {
        inMemory = history;
        return false;
      }
    },
  };
}
