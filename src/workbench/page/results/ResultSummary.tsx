import { Group, Text } from '@mantine/core';
import type { ResultMeta } from '../../../result/query-result.js';
import { HOUR_SECONDS, MINUTE_SECONDS, SECOND_MS } from '../../../time/durations.js';
import { cacheLabel } from '../quota/usage-log.js';
import { Tag } from './Tag.js';

interface ResultSummaryProps {
  meta: ResultMeta;
  elapsedMs: number;
  rowCount: number | undefined;
  /** Label of the command. */
  title: string;
}

/** Shows row count, duration, source and cost of a result. */
export function ResultSummary({ meta, elapsedMs, rowCount, title }: ResultSummaryProps) {
  const { cost, quota, truncated } = meta;
  const cache = meta.cache?.state ?? 'NONE';
  const age = Math.round((meta.cache?.ageMs ?? 0) / SECOND_MS);
  return (
    <Group gap={8} role="status" aria-label="Summary" data-cache={cache} data-cost={cost}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {rowCount !== undefined && (
        <Text size="sm" className="numbers">
          {rowCount.toLocaleString('en-US')} {rowCount === 1 ? 'row' : 'rows'}
        </Text>
      )}
      <Text size="sm" c="dimmed" className="numbers">
        {formatDuration(elapsedMs)}
      </Text>
      <Tag tone={TONES[cache]}>
        {age > 0 ? `${cacheLabel(cache)}, ${formatAge(age)} old` : cacheLabel(cache)}
      </Tag>
      <Tag tone={cost === 0 ? 'good' : 'plain'}>{formatCost(cost, quota?.family)}</Tag>
      {truncated && <Tag tone="warning">truncated</Tag>}
    </Group>
  );
}

/** Returns the cost as text. Exports count against their own hourly limit. */
function formatCost(cost: number, family: string | undefined): string {
  if (cost === 0) return 'no quota used';
  if (family === 'export') return cost === 1 ? '1 export used' : `${cost} exports used`;
  return cost === 1 ? '1 query used' : `${cost} queries used`;
}

const TONES: Record<string, 'good' | 'warning'> = { HIT: 'good', SHARED: 'good', STALE: 'warning' };

function formatDuration(ms: number): string {
  return ms < SECOND_MS ? `${ms} ms` : `${(ms / SECOND_MS).toFixed(1)} s`;
}

function formatAge(seconds: number): string {
  if (seconds < MINUTE_SECONDS) return `${seconds} s`;
  if (seconds < HOUR_SECONDS) return `${Math.round(seconds / MINUTE_SECONDS)} min`;
  return `${Math.round(seconds / HOUR_SECONDS)} h`;
}
