import { Text } from '@mantine/core';
import type { ResultMeta } from '../../../result/query-result.js';
import { SECOND_MS } from '../../../time/durations.js';
import { cacheLabel } from '../quota/usage-log.js';
import { formatAge } from '../ui/clock-time.js';
import { ResultHeader } from './ResultHeader.js';
import { Tag } from './Tag.js';

interface ResultSummaryProps {
  meta: ResultMeta;
  elapsedMs: number;
  endedAt: number;
  changed: boolean;
  rowCount: number | undefined;
  /** Label of the command. */
  title: string;
}

/** Shows row count, duration, source and cost of a result. */
export function ResultSummary({ meta, elapsedMs, endedAt, changed, rowCount, title }: ResultSummaryProps) {
  const { cost, quota, truncated } = meta;
  const cache = meta.cache?.state ?? 'NONE';
  const age = Math.round((meta.cache?.ageMs ?? 0) / SECOND_MS);
  const count = describeCount(meta, rowCount);
  return (
    <ResultHeader
      title={title}
      endedAt={endedAt}
      changed={changed}
      attributes={{ 'data-cache': cache, 'data-cost': cost }}
    >
      {count && (
        <Text size="sm" className="numbers">
          {count}
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
    </ResultHeader>
  );
}

/** Returns what the result holds: records that Mixpanel accepted, a part of a list, or rows. */
function describeCount(
  { accepted, total, sessionId }: ResultMeta,
  rowCount: number | undefined,
): string | undefined {
  const format = (count: number) => count.toLocaleString('en-US');
  if (accepted !== undefined) return `${format(accepted)} ${accepted === 1 ? 'event' : 'events'} accepted`;
  if (rowCount === undefined) return undefined;
  if (total !== undefined && sessionId !== undefined && rowCount < total) {
    return `${format(rowCount)} of ${format(total)} profiles`;
  }
  return `${format(rowCount)} ${rowCount === 1 ? 'row' : 'rows'}`;
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
