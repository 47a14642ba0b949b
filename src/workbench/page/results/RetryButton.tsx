import { Button, Group, Text } from '@mantine/core';
import { useEffect, useEffectEvent, useState } from 'react';
import { SECOND_MS } from '../../../time/durations.js';
import { formatClockTime, formatCountdown } from '../ui/clock-time.js';

interface RetryButtonProps {
  /** When the query can succeed at the earliest, in epoch milliseconds. Absent: at once. */
  retryAt: number | undefined;
  onRetry(): void;
}

/** Runs the query again: at once, or, once pressed, as soon as it can succeed. */
export function RetryButton({ retryAt = 0, onRetry }: RetryButtonProps) {
  const [now, setNow] = useState(Date.now());
  const [waiting, setWaiting] = useState(false);
  const early = now < retryAt;
  const retry = useEffectEvent(onRetry);

  useEffect(() => {
    if (!early) return;
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS / 4);
    return () => clearInterval(timer);
  }, [early]);

  useEffect(() => {
    if (!waiting || early) return;
    setWaiting(false);
    retry();
  }, [waiting, early]);

  if (!early) {
    return (
      <Button size="xs" onClick={onRetry}>
        Retry
      </Button>
    );
  }
  return (
    <Group gap="sm">
      <Button
        size="xs"
        variant={waiting ? 'default' : 'filled'}
        onClick={() => setWaiting(!waiting)}
        aria-pressed={waiting}
      >
        {waiting ? 'Do not retry' : `Retry at ${formatClockTime(retryAt)}`}
      </Button>
      <Text size="sm" c="dimmed" className="numbers" data-countdown>
        {waiting ? `Runs again in ${formatCountdown(retryAt - now)}` : formatCountdown(retryAt - now)}
      </Text>
    </Group>
  );
}
