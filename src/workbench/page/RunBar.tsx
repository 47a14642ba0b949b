import { Button, Group, Kbd, Menu, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { SECOND_MS } from '../../time/durations.js';
import type { RowFormat } from './export/row-file.js';
import classes from './RunBar.module.css';
import { DownloadIcon, HistoryIcon, PlayIcon, StopIcon } from './ui/icons.js';

interface RunBarProps {
  runningSince: number | undefined;
  onRun(): void;
  onCancel(): void;
  /** Present if the result can be streamed to a file. */
  onExport?: (format: RowFormat) => void;
  /** Why an export cannot start now; a sentence. */
  exportProblem?: string;
  onShowHistory(): void;
}

const MODIFIER_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

/** Buttons to run, cancel and save to a file. */
export function RunBar(props: RunBarProps) {
  const { runningSince, onRun, onCancel, onExport, exportProblem, onShowHistory } = props;
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
      {onExport && <SaveMenu onExport={onExport} problem={exportProblem} />}
      <Button variant="subtle" color="gray" px="xs" leftSection={<HistoryIcon />} onClick={onShowHistory}>
        History
      </Button>
      {runningSince !== undefined && <Elapsed since={runningSince} />}
      {runningSince === undefined && (
        <Text
          size="xs"
          c="dimmed"
          className={`${classes.keys} ${classes.shortcut}`}
          data-crowded={Boolean(onExport)}
        >
          <Kbd size="xs">{MODIFIER_KEY}</Kbd> <Kbd size="xs">Enter</Kbd>
        </Text>
      )}
    </Group>
  );
}

function SaveMenu({ onExport, problem }: { onExport(format: RowFormat): void; problem?: string }) {
  return (
    <Menu position="top-start" shadow="md">
      <Menu.Target>
        <Button variant="default" leftSection={<DownloadIcon />}>
          Save to file
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {problem && <Menu.Label maw={260}>{problem}</Menu.Label>}
        <Menu.Item disabled={problem !== undefined} onClick={() => onExport('csv')}>
          CSV, for spreadsheets
        </Menu.Item>
        <Menu.Item disabled={problem !== undefined} onClick={() => onExport('ndjson')}>
          NDJSON, a row per line
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
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
