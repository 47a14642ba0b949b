import { Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { TestResult } from '../../../query/connection-test.js';
import type { ConnectionView } from '../../wire.js';
import { api, sentenceOf } from '../browser/api-client.js';
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
    let wanted = true;
    setResult(undefined);
    api
      .test(id)
      .catch((error: unknown): TestResult => ({ ok: false, message: sentenceOf(error) }))
      .then((answer) => wanted && setResult(answer));
    return () => {
      wanted = false;
    };
  }, [id, region]);

  function change(values: { region?: string; projectId?: string }) {
    api
      .change(id, values)
      .then(onChanged, (error: unknown) => setResult({ ok: false, message: sentenceOf(error) }));
  }

  return (
    <Dialog opened onClose={onClose} title={`Test of ${connection.name}`}>
      {result ? (
        <TestOutcome
          result={result}
          projectId={connection.projectId ?? ''}
          onChooseRegion={(chosen) => change({ region: chosen })}
          onChooseProject={(projectId) => change({ projectId })}
        />
      ) : (
        <Loader size="sm" aria-label="Testing" />
      )}
    </Dialog>
  );
}
