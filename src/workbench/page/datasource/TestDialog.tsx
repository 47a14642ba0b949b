import { Loader } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
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

/** Tests a datasource of the session and offers to correct a wrong region. */
export function TestDialog({ connection, onChanged, onClose }: TestDialogProps) {
  const { id, region } = connection;
  const test = useQuery({
    // A changed region starts another test.
    queryKey: ['test', id, region],
    queryFn: () => api.test(id),
    gcTime: 0,
    retry: false,
  });
  const change = useMutation({
    mutationFn: (values: { region?: string; projectId?: string }) => api.change(id, values),
    onSuccess: onChanged,
  });
  const error = change.error ?? test.error;
  const result: TestResult | undefined = error ? { ok: false, message: errorMessage(error) } : test.data;

  return (
    <Dialog opened onClose={onClose} title={`Test ${connection.name}`}>
      {result ? (
        <TestOutcome
          result={result}
          projectId={connection.projectId ?? ''}
          onChooseRegion={(selected) => change.mutate({ region: selected })}
          onChooseProject={(projectId) => change.mutate({ projectId })}
        />
      ) : (
        <Loader size="sm" aria-label="Testing" />
      )}
    </Dialog>
  );
}
