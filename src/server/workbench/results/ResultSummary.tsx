import { Badge, Group, Text } from '@mantine/core';
import type { RunAnswer } from '../../workbench-api/wire.js';
import { cacheWords } from '../quota/spent.js';
import { headerOf } from './header-of.js';

interface ResultSummaryProps {
  answer: RunAnswer;
  rowCount: number | undefined;
  /** What was asked, by the name the form has for it. */
  title: string;
}

/** One line on a result: how much, how fast, from where, at what cost. */
export function ResultSummary({ answer: { result, elapsedMs, cost }, rowCount, title }: ResultSummaryProps) {
  const cache = headerOf(result, 'x-cache');
  const age = Number(headerOf(result, 'x-cache-age'));
  const cut = headerOf(result, 'x-rows-truncated');
  return (
    <Group gap={8} role="status" aria-label="Summary" data-cache={cache || 'NONE'} data-cost={cost}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {rowCount !== undefined && (
        <Text size="sm" className="numbers">
          {rowCount.toLocaleString('en-US')} {rowCount === 1 ? 'row' : 'rows'}
        </Text>
      )}
      <Text size="sm" c="dimmed" className="numbers">
        {timeText(elapsedMs)}
      </Text>
      <Badge variant="light" color={COLOURS[cache] ?? 'gray'} tt="none" radius="sm">
        {cacheWords(cache)}
        {age > 0 && `, ${ageText(age)} old`}
      </Badge>
      <Badge variant="light" color={cost === 0 ? 'teal' : 'gray'} tt="none" radius="sm">
        {cost === 0 ? 'cost no query' : `cost ${cost} ${cost === 1 ? 'query' : 'queries'}`}
      </Badge>
      {cut && cut !== 'false' && cut !== '0' && (
        <Badge variant="light" color="orange" tt="none" radius="sm">
          cut short
        </Badge>
      )}
    </Group>
  );
}

const COLOURS: Record<string, string> = { HIT: 'teal', SHARED: 'teal', STALE: 'orange' };
const SECOND_MS = 1000;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

function timeText(ms: number): string {
  return ms < SECOND_MS ? `${ms} ms` : `${(ms / SECOND_MS).toFixed(1)} s`;
}

function ageText(seconds: number): string {
  if (seconds < MINUTE_SECONDS) return `${seconds} s`;
  if (seconds < HOUR_SECONDS) return `${Math.round(seconds / MINUTE_SECONDS)} min`;
  return `${Math.round(seconds / HOUR_SECONDS)} h`;
}
