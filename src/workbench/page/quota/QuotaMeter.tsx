import { Popover, Progress, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import type { QuotaResponse } from '../../wire.js';
import { formatClockTime } from '../ui/clock-time.js';
import classes from './QuotaMeter.module.css';
import type { QuotaUsage } from './usage-log.js';

export interface QuotaMeterProps {
  quota: QuotaResponse | undefined;
  /** Recent runs with their costs, newest first. */
  usage: readonly QuotaUsage[];
}

const LOW_QUOTA = 10;

/** Shows how much of the project's hourly quota is left, and what used it. */
export function QuotaMeter({ quota, usage }: QuotaMeterProps) {
  const limit = quota?.limit ?? 0;
  const left = quota?.left ?? 0;
  if (!quota || limit === 0) return null;
  const used = limit - left;
  const colour = left === 0 ? 'red' : left <= LOW_QUOTA ? 'orange' : 'violet';
  return (
    <Popover position="bottom-end" width={340} shadow="md" withArrow trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.meter}>
          <VisuallyHidden>Query quota: </VisuallyHidden>
          <Text
            size="xs"
            className="numbers"
            data-quota-left={left}
            c={left === 0 ? 'var(--mantine-color-error)' : undefined}
          >
            <b>{left}</b> of {limit} <span className={classes.word}>queries left</span>
          </Text>
          <Progress
            // An empty bar would show no colour.
            value={left === 0 ? 100 : (left / limit) * 100}
            size={4}
            color={colour}
            className={classes.bar}
            aria-label="Quota left"
          />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Text fw={600} size="sm" mb={4}>
          Query quota of the project
        </Text>
        <dl className={classes.facts}>
          <dt>Used</dt>
          <dd>
            {used} of {limit} in the last hour
          </dd>
          <dt>Next query</dt>
          <dd>{left > 0 ? 'now' : formatClockTime(quota.nextSlotAt)}</dd>
          <dt>Fully available</dt>
          <dd>{used === 0 ? 'now' : formatClockTime(quota.resetAt)}</dd>
          <dt>Running, queued</dt>
          <dd>
            {quota.running}, {quota.waiting}
          </dd>
        </dl>
        {usage.length > 0 && (
          <Table fz="xs" verticalSpacing={4} mt="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Recent runs</Table.Th>
                <Table.Th ta="right">Cost</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {usage.map(({ id, label, cost, source }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    {label} <span className={classes.how}>{source}</span>
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
