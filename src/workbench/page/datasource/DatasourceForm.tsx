import { Button, Group, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Manifest } from '../../../hosts/appsmith/manifest/schema.js';
import type { TestResult } from '../../../query/connection-test.js';
import type { ConnectionView, DatasourceValues } from '../../wire.js';
import { api, errorMessage } from '../browser/api-client.js';
import { ControlView } from '../controls/ControlView.js';
import { elementId } from '../form/ManifestForm.js';
import { datasourceControls, type FormValues, initialValues } from '../form-model/form-values.js';
import { TestOutcome } from './TestOutcome.js';

interface DatasourceFormProps {
  manifest: Manifest;
  onConnected(connection: ConnectionView): void;
  onCancel?: () => void;
}

/** Renders the manifest's datasource form. Its values stay in this form and in the server's memory. */
export function DatasourceForm({ manifest, onConnected, onCancel }: DatasourceFormProps) {
  const controls = datasourceControls(manifest.datasourceUiConfig.form);
  const [values, setValues] = useState<FormValues>(() => initialValues(controls));
  const [busy, setBusy] = useState<'testing' | 'saving'>();
  const [testResult, setTestResult] = useState<TestResult>();

  const datasourceValues: DatasourceValues = Object.fromEntries(
    controls.flatMap(({ field, configProperty }) =>
      field ? [[field.key, String(values[configProperty] ?? '')]] : [],
    ),
  );

  function set(key: string, value: string) {
    const control = controls.find(({ field }) => field?.key === key);
    if (control) setValues({ ...values, [control.configProperty]: value });
  }

  async function test(testedValues: DatasourceValues = datasourceValues) {
    setBusy('testing');
    setTestResult(await api.testValues(testedValues).catch(toFailedTest));
    setBusy(undefined);
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    setBusy('saving');
    try {
      onConnected(await api.connect(datasourceValues));
    } catch (error) {
      setTestResult(toFailedTest(error));
    }
    setBusy(undefined);
  }

  return (
    <form onSubmit={save} autoComplete="off">
      <Stack gap="sm">
        {controls
          .filter(({ hidden }) => hidden !== true)
          .map((control) => (
            <ControlView
              key={control.configProperty}
              control={control}
              id={elementId(control)}
              value={values[control.configProperty] ?? ''}
              onChange={(value) => setValues({ ...values, [control.configProperty]: value })}
            />
          ))}
        {testResult && (
          <TestOutcome
            result={testResult}
            projectId={datasourceValues.projectId ?? ''}
            onChooseProject={(id) => set('projectId', id)}
            onChooseRegion={(region) => {
              set('region', region);
              test({ ...datasourceValues, region });
            }}
          />
        )}
        <Group justify="flex-end" mt="xs">
          {onCancel && (
            <Button variant="subtle" color="gray" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button variant="default" loading={busy === 'testing'} onClick={() => test()}>
            Test
          </Button>
          <Button type="submit" loading={busy === 'saving'}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function toFailedTest(error: unknown): TestResult {
  return { ok: false, message: errorMessage(error) };
}
