import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatClockTime } from '../ui/clock-time.js';
import { Tag } from './Tag.js';

interface ResultHeaderProps {
  /** Label of the command. */
  title: string;
  /** When the query ended, in epoch milliseconds. */
  endedAt: number;
  /** Whether the form has changed since. */
  changed: boolean;
  children?: ReactNode;
  /** More attributes of the summary. */
  attributes?: Record<`data-${string}`, string | number>;
}

/** The first line of every outcome: which command, when, and whether the form has changed since. */
export function ResultHeader({ title, endedAt, changed, children, attributes }: ResultHeaderProps) {
  return (
    <Group gap={8} role="status" aria-label="Summary" {...attributes}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {children}
      <Text size="sm" c="dimmed" className="numbers">
        {formatClockTime(endedAt)}
      </Text>
      {changed && <Tag tone="warning">Changed since this run</Tag>}
    </Group>
  );
}
