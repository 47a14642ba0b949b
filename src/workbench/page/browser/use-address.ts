import { useCallback, useEffect, useRef } from 'react';
import { createQueryLink, type LinkedQuery, parseQueryLink } from './query-link.js';

/** Browsers refuse more than about a hundred changes of the address in half a minute. */
const WRITE_DELAY_MS = 200;
/** A longer value is left out of the address, and lost by a reload. */
const MAX_VALUE_CHARACTERS = 20_000;

interface AddressOptions {
  command: string;
  parameters: Record<string, unknown>;
  /** Whether the query is no longer the one that the page opened with. */
  isTouched: boolean;
  /** Called when the user goes back, forward, or to another query's link. */
  onNavigate(query: LinkedQuery): void;
}

/**
 * Keeps the query in the address, so that a reload and the Back button keep the work. Never holds credentials or
 * tokens. Each run is a step of its own in the browser's history.
 */
export function useAddress({ command, parameters, isTouched, onNavigate }: AddressOptions): {
  keepRun(): void;
} {
  const written = useRef(window.location.hash);
  const hasRun = useRef(false);
  const onNavigateRef = useRef(onNavigate);
  onNavigateRef.current = onNavigate;

  const write = useCallback(() => {
    const kept = Object.entries(parameters).filter(
      ([, value]) => String(value).length <= MAX_VALUE_CHARACTERS,
    );
    const { hash } = new URL(createQueryLink({ command, parameters: Object.fromEntries(kept) }));
    if (hash === written.current) return;
    try {
      if (hasRun.current) window.history.pushState(null, '', hash);
      else window.history.replaceState(null, '', hash);
      written.current = hash;
      hasRun.current = false;
    } catch {
      // Too many changes in a short time: the next one is written.
    }
  }, [command, parameters]);

  useEffect(() => {
    if (!isTouched) return;
    const timer = setTimeout(write, WRITE_DELAY_MS);
    return () => clearTimeout(timer);
  }, [isTouched, write]);

  useEffect(() => {
    function onPopState() {
      const { hash } = window.location;
      if (hash === written.current) return;
      written.current = hash;
      hasRun.current = false;
      const query = parseQueryLink(hash);
      if (query) onNavigateRef.current(query);
    }
    window.addEventListener('popstate', onPopState);
    return () => window.removeEventListener('popstate', onPopState);
  }, []);

  return {
    keepRun: useCallback(() => {
      write();
      hasRun.current = true;
    }, [write]),
  };
}
