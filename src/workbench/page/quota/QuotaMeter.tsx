import { Popover, Progress, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import type { QuotaAnswer } from '../../wire.js';
import { clockTime } from '../ui/clock-time.js';
import classes from './QuotaMeter.module.css';
import type { Spent } from './usage-log.js';

export interface QuotaMeterProps {
  quota: QuotaAnswer | undefined;
  /** The last runs with what each cost, newest first. */
  spent: readonly Spent[];
}

const FEW_LEFT = 10;

/** How much of the project's hourly quota is left, and what used it. */
export function QuotaMeter({ quota, spent }: QuotaMeterProps) {
  const limit = quota?.limit ?? 0;
  const left = quota?.left ?? 0;
  if (!quota || limit === 0) return null;
  const used = limit - left;
  const colour = left === 0 ? 'red' : left <= FEW_LEFT ? 'orange' : 'violet';
  return (
    <Popover position="bottom-end" width={340} shadow="md" withArrow trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.meter}>
          <VisuallyHidden>Query quota: </VisuallyHidden>
          <Text size="xs" className="numbers" data-quota-left={left}>
            <b>{left}</b> of {limit} <span className={classes.word}>queries left</span>
          </Text>
          <Progress
            value={(left / limit) * 100}
            size={4}
            color={colour}
            className={classes.bar}
            aria-label="Part of the quota that is left"
          />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Text fw={600} size="sm" mb={4}>
          Query quota of this project
        </Text>
        <dl className={classes.facts}>
          <dt>Used</dt>
          <dd>
            {used} of {limit} in the last hour
          </dd>
          <dt>Next slot</dt>
          <dd>{left > 0 ? 'now' : clockTime(quota.nextSlotAt)}</dd>
          <dt>All free again</dt>
          <dd>{used === 0 ? 'now' : clockTime(quota.resetAt)}</dd>
          <dt>Running, waiting</dt>
          <dd>
            {quota.running}, {quota.waiting}
          </dd>
        </dl>
        {spent.length > 0 && (
          <Table fz="xs" verticalSpacing={4} mt="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Last runs</Table.Th>
                <Table.Th ta="right">Cost</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {spent.map(({ id, label, cost, how }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    {label} <span className={classes.how}>{how}</span>
                  </Table.Td>
                  <Table.Td ta="right" className="numbers">
                    {cost}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
