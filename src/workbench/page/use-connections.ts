import { useCallback, useState } from 'react';
import type { ConnectionView } from '../wire.js';
import { api } from './browser/api-client.js';

/** Holds the session's datasources and the current one. */
export function useConnections(initialConnections: readonly ConnectionView[]) {
  const [connections, setConnections] = useState(initialConnections);
  const [currentId, setCurrentId] = useState(initialConnections[0]?.id);
  const current = connections.find(({ id }) => id === currentId);

  /** Adds or replaces a datasource and makes it the current one. */
  const keep = useCallback((connection: ConnectionView) => {
    setConnections((previous) =>
      previous.some(({ id }) => id === connection.id)
        ? previous.map((each) => (each.id === connection.id ? connection : each))
        : [...previous, connection],
    );
    setCurrentId(connection.id);
  }, []);

  /** Removes a datasource. Resolves to the new current one. */
  const forget = useCallback(
    async (id: string) => {
      await api.forget(id);
      const remaining = connections.filter((each) => each.id !== id);
      setConnections(remaining);
      const next = currentId === id ? remaining[0] : remaining.find((each) => each.id === currentId);
      setCurrentId(next?.id);
      return next;
    },
    [connections, currentId],
  );

  return { connections, current, choose: setCurrentId, keep, forget };
}
