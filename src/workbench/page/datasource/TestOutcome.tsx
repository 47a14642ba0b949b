import { Alert, Button, Group, Select, Text } from '@mantine/core';
import type { TestResult } from '../../../query/connection-test.js';

interface TestOutcomeProps {
  result: TestResult;
  projectId: string;
  onChooseRegion(region: string): void;
  onChooseProject(id: string): void;
}

/** Shows whether a datasource works, with a one-click fix for a wrong region or project. */
export function TestOutcome({ result, projectId, onChooseRegion, onChooseProject }: TestOutcomeProps) {
  const { ok, message, region, projects = [] } = result;
  const canChoose = region === undefined && projects.length > 0;
  return (
    <Alert
      color={ok ? 'teal' : region ? 'orange' : 'red'}
      role={ok ? 'status' : 'alert'}
      title={ok ? 'Connected' : region ? 'Wrong region' : 'Not connected'}
    >
      <Text size="sm">{message}</Text>
      {region && (
        <Group mt="sm">
          <Button size="xs" onClick={() => onChooseRegion(region)}>
            Change the region to {region}
          </Button>
        </Group>
      )}
      {canChoose && (
        <Select
          mt="sm"
          size="xs"
          label="Default project"
          placeholder="None"
          clearable
          clearButtonProps={{ 'aria-label': 'No default project' }}
          data={projects.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }))}
          value={projects.some(({ id }) => id === projectId) ? projectId : null}
          onChange={(id) => onChooseProject(id ?? '')}
        />
      )}
    </Alert>
  );
}
