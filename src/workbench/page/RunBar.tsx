import { Button, Group, Kbd, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { SECOND_MS } from '../../time/durations.js';
import classes from './RunBar.module.css';
import { DownloadIcon, HistoryIcon, PlayIcon, StopIcon } from './ui/icons.js';

interface RunBarProps {
  runningSince: number | undefined;
  onRun(): void;
  onCancel(): void;
  /** Present if the result can be streamed to a file. */
  onExport?: () => void;
  onShowHistory(): void;
}

const MODIFIER_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

/** Buttons to run, cancel and save to a file. */
export function RunBar({ runningSince, onRun, onCancel, onExport, onShowHistory }: RunBarProps) {
  return (
    <Group className={classes.bar} gap="sm" wrap="nowrap">
      {runningSince === undefined ? (
        <Button onClick={onRun} leftSection={<PlayIcon />} aria-keyshortcuts="Control+Enter Meta+Enter">
          Run
        </Button>
      ) : (
        <Button onClick={onCancel} leftSection={<StopIcon />} color="red" variant="light">
          Cancel
        </Button>
      )}
      {onExport && (
        <Button variant="default" leftSection={<DownloadIcon />} onClick={onExport}>
          Save to file
        </Button>
      )}
      <Button
        variant="subtle"
        color="gray"
        px="xs"
        leftSection={<HistoryIcon />}
        className={classes.history}
        onClick={onShowHistory}
      >
        History
      </Button>
      {runningSince === undefined ? (
        <Text size="xs" c="dimmed" className={`${classes.keys} ${classes.shortcut}`}>
          <Kbd size="xs">{MODIFIER_KEY}</Kbd> <Kbd size="xs">Enter</Kbd>
        </Text>
      ) : (
        <Elapsed since={runningSince} />
      )}
    </Group>
  );
}

const TICK_MS = 100;

function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Text size="sm" c="dimmed" className={`numbers ${classes.keys}`}>
      {(Math.max(0, now - since) / SECOND_MS).toFixed(1)} s
    </Text>
  );
}
