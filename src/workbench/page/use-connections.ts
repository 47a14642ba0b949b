import { useCallback, useState } from 'react';
import type { ConnectionView } from '../wire.js';
import { api } from './browser/api-client.js';

/** The session's datasources and the one in use. */
export function useConnections(first: readonly ConnectionView[]) {
  const [connections, setConnections] = useState(first);
  const [currentId, setCurrentId] = useState(first[0]?.id);
  const current = connections.find(({ id }) => id === currentId);

  /** Takes a datasource in, or its changed form in the place of the old one, and uses it. */
  const keep = useCallback((connection: ConnectionView) => {
    setConnections((known) =>
      known.some(({ id }) => id === connection.id)
        ? known.map((each) => (each.id === connection.id ? connection : each))
        : [...known, connection],
    );
    setCurrentId(connection.id);
  }, []);

  /** Resolves to the datasource that is used from now on. */
  const forget = useCallback(
    async (id: string) => {
      await api.forget(id);
      const left = connections.filter((each) => each.id !== id);
      setConnections(left);
      const next = currentId === id ? left[0] : left.find((each) => each.id === currentId);
      setCurrentId(next?.id);
      return next;
    },
    [connections, currentId],
  );

  return { connections, current, choose: setCurrentId, keep, forget };
}
