import { Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { TestResult } from '../../../query/connection-test.js';
import type { ConnectionView } from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';
import { Dialog } from '../ui/Dialog.js';
import { TestOutcome } from './TestOutcome.js';

interface TestDialogProps {
  connection: ConnectionView;
  onChanged(connection: ConnectionView): void;
  onClose(): void;
}

/** Tests a datasource of the session; a wrong region is changed with one click. */
export function TestDialog({ connection, onChanged, onClose }: TestDialogProps) {
  const [result, setResult] = useState<TestResult>();
  const { id, region } = connection;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed region is worth another test.
  useEffect(() => {
    let active = true;
    setResult(undefined);
    api
      .test(id)
      .catch((error: unknown): TestResult => ({ ok: false, message: errorMessage(error) }))
      .then((response) => active && setResult(response));
    return () => {
      active = false;
    };
  }, [id, region]);

  function change(values: { region?: string; projectId?: string }) {
    api
      .change(id, values)
      .then(onChanged, (error: unknown) => setResult({ ok: false, message: errorMessage(error) }));
  }

  return (
    <Dialog opened onClose={onClose} title={`Test of ${connection.name}`}>
      {result ? (
        <TestOutcome
          result={result}
          projectId={connection.projectId ?? ''}
          onChooseRegion={(selected) => change({ region: selected })}
          onChooseProject={(projectId) => change({ projectId })}
        />
      ) : (
        <Loader size="sm" aria-label="Testing" />
      )}
    </Dialog>
  );
}
