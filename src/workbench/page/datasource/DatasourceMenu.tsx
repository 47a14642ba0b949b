import { Badge, Button, Menu, Text, VisuallyHidden } from '@mantine/core';
import type { ConnectionView } from '../../wire.js';
import { CheckIcon, ChevronIcon, DatabaseIcon, PlusIcon } from '../ui/icons.js';
import classes from './DatasourceMenu.module.css';

export interface DatasourceMenuProps {
  connections: readonly ConnectionView[];
  current: ConnectionView | undefined;
  onChoose(id: string): void;
  onAdd(): void;
  onEdit(connection: ConnectionView): void;
  onTest(connection: ConnectionView): void;
  onForget(connection: ConnectionView): void;
}

/** Menu to choose, add, edit, test and forget datasources. */
export function DatasourceMenu(props: DatasourceMenuProps) {
  const { connections, current, onChoose, onAdd, onEdit, onTest, onForget } = props;
  return (
    <Menu position="bottom-start" width={300} shadow="md">
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          leftSection={<DatabaseIcon />}
          rightSection={<ChevronIcon />}
          className={classes.target}
        >
          <VisuallyHidden>Datasource: </VisuallyHidden>
          <span className={classes.name}>{current?.name ?? 'none'}</span>
          {current && (
            <Badge size="sm" ml={8} variant="light" color="gray" radius="sm">
              {current.kind === 'sandbox' ? 'local' : current.region}
            </Badge>
          )}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Datasources in this session</Menu.Label>
        {connections.map(({ id, name, username, region, kind }) => (
          <Menu.Item
            key={id}
            onClick={() => onChoose(id)}
            leftSection={<DatabaseIcon />}
            rightSection={id === current?.id ? <CheckIcon /> : undefined}
          >
            {name}
            <Text size="xs" c="dimmed" className={classes.account}>
              {kind === 'sandbox' ? 'Local Mixpanel with sample data' : `${username}, ${region}`}
            </Text>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<PlusIcon />} onClick={onAdd}>
          Add a datasource
        </Menu.Item>
        {current?.kind === 'account' && (
          <Menu.Item onClick={() => onEdit(current)}>Edit {current.name}</Menu.Item>
        )}
        {current && <Menu.Item onClick={() => onTest(current)}>Test {current.name}</Menu.Item>}
        {current?.kind === 'account' && (
          <Menu.Item c="var(--mantine-color-error)" onClick={() => onForget(current)}>
            Forget {current.name} and its password
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
