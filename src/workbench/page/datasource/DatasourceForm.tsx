import { Button, Group, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Manifest } from '../../../hosts/appsmith/manifest/schema.js';
import type { TestResult } from '../../../query/connection-test.js';
import type { ConnectionView, DatasourceValues } from '../../wire.js';
import { api, sentenceOf } from '../browser/api-client.js';
import { ControlView } from '../controls/ControlView.js';
import { elementId } from '../form/ManifestForm.js';
import { datasourceControls, type FormValues, initialValues } from '../form-model/form-values.js';
import { TestOutcome } from './TestOutcome.js';

interface DatasourceFormProps {
  manifest: Manifest;
  onConnected(connection: ConnectionView): void;
  onCancel?: () => void;
}

/** The datasource form of the manifest. What is typed here stays in this form and the server's memory. */
export function DatasourceForm({ manifest, onConnected, onCancel }: DatasourceFormProps) {
  const controls = datasourceControls(manifest.datasourceUiConfig.form);
  const [values, setValues] = useState<FormValues>(() => initialValues(controls));
  const [busy, setBusy] = useState<'testing' | 'saving'>();
  const [tested, setTested] = useState<TestResult>();

  const given: DatasourceValues = Object.fromEntries(
    controls.flatMap(({ field, configProperty }) =>
      field ? [[field.key, String(values[configProperty] ?? '')]] : [],
    ),
  );

  function set(key: string, value: string) {
    const control = controls.find(({ field }) => field?.key === key);
    if (control) setValues({ ...values, [control.configProperty]: value });
  }

  async function test(changed: DatasourceValues = given) {
    setBusy('testing');
    setTested(await api.testValues(changed).catch(asTestResult));
    setBusy(undefined);
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    setBusy('saving');
    try {
      onConnected(await api.connect(given));
    } catch (error) {
      setTested(asTestResult(error));
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
        {tested && (
          <TestOutcome
            result={tested}
            projectId={given.projectId ?? ''}
            onChooseProject={(id) => set('projectId', id)}
            onChooseRegion={(region) => {
              set('region', region);
              test({ ...given, region });
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

function asTestResult(error: unknown): TestResult {
  return { ok: false, message: sentenceOf(error) };
}
