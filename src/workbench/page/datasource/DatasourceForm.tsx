import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Manifest } from '../../../hosts/appsmith/manifest/schema.js';
import type { TestResult } from '../../../query/connection-test.js';
import type { ConnectionView, DatasourceValues } from '../../wire.js';
import { ApiError, api, errorMessage } from '../browser/api-client.js';
import { ControlView } from '../controls/ControlView.js';
import { elementId } from '../form/ManifestForm.js';
import { datasourceControls, type FormValues, initialValues } from '../form-model/form-values.js';
import { TestOutcome } from './TestOutcome.js';

interface DatasourceFormProps {
  manifest: Manifest;
  /** The datasource to change; absent for a new one. */
  connection?: ConnectionView;
  onConnected(connection: ConnectionView): void;
  onCancel?: () => void;
}

const DOCUMENTATION = 'https://developer.mixpanel.com/reference/service-accounts';

/**
 * Renders the manifest's datasource form. Its values stay in this form and in the server's memory. Saving tests them
 * first; what does not work can be saved all the same.
 */
export function DatasourceForm({ manifest, connection, onConnected, onCancel }: DatasourceFormProps) {
  const controls = datasourceControls(manifest.datasourceUiConfig.form);
  const [name, setName] = useState(connection?.name ?? '');
  const [values, setValues] = useState<FormValues>(() => ({
    ...initialValues(controls),
    ...(connection ? valuesOf(connection) : {}),
  }));
  const [busy, setBusy] = useState<'testing' | 'saving'>();
  const [tested, setTested] = useState<{ values: string; result: TestResult }>();
  const [issues, setIssues] = useState<Readonly<Record<string, string>>>({});

  function valuesOf({ username, region, projectId = '' }: ConnectionView): FormValues {
    const known: Record<string, string> = { username, region, projectId };
    return Object.fromEntries(
      controls.flatMap(({ field, configProperty }) =>
        field && known[field.key] !== undefined ? [[configProperty, known[field.key] ?? '']] : [],
      ),
    );
  }

  const datasourceValues: DatasourceValues = Object.fromEntries(
    controls.flatMap(({ field, configProperty }) =>
      field ? [[field.key, String(values[configProperty] ?? '')]] : [],
    ),
  );

  function set(key: string, value: string) {
    const control = controls.find(({ field }) => field?.key === key);
    if (control) setValues((previous) => ({ ...previous, [control.configProperty]: value }));
  }

  /** Resolves to nothing if the values are not complete. */
  async function test(checked: DatasourceValues): Promise<TestResult | undefined> {
    setIssues({});
    try {
      const result = await (connection ? api.test(connection.id, checked) : api.testValues(checked));
      setTested({ values: JSON.stringify(checked), result });
      return result;
    } catch (error) {
      showError(error);
      return undefined;
    }
  }

  function showError(error: unknown) {
    if (error instanceof ApiError && error.issues.length > 0) {
      setTested(undefined);
      setIssues(Object.fromEntries(error.issues.map(({ field, message }) => [field, toSentence(message)])));
      const first = controls.find(({ field }) => field?.key === error.issues[0]?.field);
      if (first) document.getElementById(elementId(first))?.focus();
    } else setTested({ values: '', result: { ok: false, message: errorMessage(error) } });
  }

  async function startTest(checked = datasourceValues) {
    setBusy('testing');
    const result = await test(checked);
    const onlyProject = findOnlyProject(result, checked);
    if (onlyProject) set('projectId', onlyProject);
    setBusy(undefined);
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    setBusy('saving');
    const saved = { ...datasourceValues };
    if (!isTested) {
      const result = await test(saved);
      const onlyProject = findOnlyProject(result, saved);
      if (onlyProject) {
        saved.projectId = onlyProject;
        set('projectId', onlyProject);
      }
      // One of several projects is still to be chosen, or something to be corrected.
      const isOpen = result?.ok && (saved.projectId !== '' || (result.projects ?? []).length === 0);
      if (!isOpen) {
        setBusy(undefined);
        return;
      }
    }
    try {
      const given = { ...saved, name };
      onConnected(
        connection ? ((await api.change(connection.id, given)) as ConnectionView) : await api.connect(given),
      );
    } catch (error) {
      showError(error);
    }
    setBusy(undefined);
  }

  // Choosing one of the projects that a test found needs no other test.
  const isTested =
    tested !== undefined &&
    isSame(JSON.parse(tested.values || '{}') as DatasourceValues, datasourceValues, tested.result);
  return (
    <form onSubmit={save} autoComplete="off" noValidate>
      <Stack gap="sm">
        <TextInput
          label="Name"
          placeholder="The account’s name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
        />
        {controls
          .filter(({ hidden }) => hidden !== true)
          .map((control) => (
            <ControlView
              key={control.configProperty}
              control={connection ? withKeptPassword(control) : control}
              id={elementId(control)}
              value={values[control.configProperty] ?? ''}
              onChange={(value) =>
                setValues((previous) => ({ ...previous, [control.configProperty]: value }))
              }
              error={issues[control.field?.key ?? '']}
            />
          ))}
        <Text size="xs" c="dimmed">
          An Owner or Admin makes service accounts in Mixpanel, in the organization’s settings.{' '}
          <Anchor href={DOCUMENTATION} target="_blank" rel="noreferrer" size="xs" underline="always">
            About service accounts
          </Anchor>
        </Text>
        {tested && (
          <TestOutcome
            result={tested.result}
            projectId={datasourceValues.projectId ?? ''}
            onChooseProject={(id) => set('projectId', id)}
            onChooseRegion={(region) => {
              set('region', region);
              startTest({ ...datasourceValues, region });
            }}
          />
        )}
        <Group justify="flex-end" mt="xs">
          {onCancel && (
            <Button variant="subtle" color="gray" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button variant="default" loading={busy === 'testing'} onClick={() => startTest()}>
            Test
          </Button>
          <Button type="submit" loading={busy === 'saving'}>
            {isTested && !tested.result.ok ? 'Save anyway' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Tells whether a test holds for the values: they are those tested, but for a project that the test found. */
function isSame(tested: DatasourceValues, values: DatasourceValues, { projects = [] }: TestResult): boolean {
  const { projectId: testedProject, ...others } = tested;
  const { projectId = '', ...current } = values;
  const isKnown = projectId === '' || projects.some(({ id }) => id === projectId);
  return JSON.stringify(others) === JSON.stringify(current) && (projectId === testedProject || isKnown);
}

/** Returns the project that is the only one to choose, if none is chosen. */
function findOnlyProject(
  result: TestResult | undefined,
  { projectId }: DatasourceValues,
): string | undefined {
  const [first, second] = result?.projects ?? [];
  return result?.ok && projectId === '' && second === undefined ? first?.id : undefined;
}

/** The password of a saved datasource is not shown, and stays when the field is left empty. */
function withKeptPassword<C extends { field?: { key: string }; isRequired?: boolean }>(control: C): C {
  return control.field?.key === 'password'
    ? { ...control, isRequired: false, placeholderText: 'Unchanged' }
    : control;
}

/** Returns a message with a capital. The core writes messages to follow a label. */
function toSentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
