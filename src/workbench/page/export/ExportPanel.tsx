import { Alert, Button, Group, Progress, Text, Title } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { MEGABYTE } from '../../../json/bytes.js';
import { SECOND_MS } from '../../../time/durations.js';
import { Empty } from '../ui/Empty.js';
import classes from './ExportPanel.module.css';
import { type ExportState, hasUnsavedRows } from './use-export.js';

const TableView = lazy(async () => ({ default: (await import('../results/TableView.js')).TableView }));

interface ExportPanelProps {
  export: ExportState;
  /** Whether the first rows are shown, or only how far it is. */
  open: boolean;
  onToggle(): void;
  onStop(): void;
  onResume(): void;
  onSaveSoFar(): void;
  onClose(): void;
}

/** Shows the progress and the first rows of an export, with buttons to stop, continue, save and discard it. */
export function ExportPanel(props: ExportPanelProps) {
  const { export: current, open, onToggle, onStop, onResume, onSaveSoFar, onClose } = props;
  const { state, progress, preview, messages, problem, resumeToken, saved } = current;
  const running = state === 'streaming' || state === 'stopping';
  const canSave = !running && !saved && progress.rows > 0;
  return (
    <section
      className={classes.panel}
      aria-label="Export to a file"
      data-export={state}
      data-open={open || undefined}
    >
      <ExportProgress {...current} running={running} />
      <div className={classes.head}>
        <div>
          <Title order={2} size="h5">
            {titleOf(current)}
          </Title>
          <Text size="sm" c="dimmed" className="numbers" role="status">
            <b data-rows={progress.rows}>{countRows(progress.rows)}</b>
            {describeProgress(current, running)}
          </Text>
        </div>
        <Group gap="xs">
          {resumeToken !== undefined && !running && (
            <Button size="xs" onClick={onResume}>
              Continue
            </Button>
          )}
          {canSave && (
            <Button size="xs" variant="default" onClick={onSaveSoFar}>
              Save so far
            </Button>
          )}
          <Button size="xs" variant="default" onClick={onToggle} aria-expanded={open}>
            {open ? 'Show the result' : 'Show the rows'}
          </Button>
          {running ? (
            <Button size="xs" color="red" variant="light" onClick={onStop} disabled={state === 'stopping'}>
              Cancel export
            </Button>
          ) : (
            <Button
              size="xs"
              variant={canSave ? 'light' : 'default'}
              color={canSave ? 'red' : undefined}
              onClick={onClose}
            >
              {hasUnsavedRows(current) ? 'Discard' : 'Close'}
            </Button>
          )}
        </Group>
      </div>
      {problem && (
        <Alert color="red" role="alert" mx="md" mb="xs" title="Incomplete export">
          {problem}
        </Alert>
      )}
      {messages.map((message) => (
        <Alert key={message} color="yellow" mx="md" mb="xs">
          {message}
        </Alert>
      ))}
      {open &&
        (preview.length > 0 ? (
          <Suspense>
            <TableView rows={preview} />
          </Suspense>
        ) : (
          <Empty title={running ? 'Waiting for the first rows' : 'No rows arrived'} />
        ))}
      {open && progress.rows > preview.length && (
        <Text size="xs" c="dimmed" className={classes.note}>
          These are the first {countRows(preview.length)} of {progress.rows.toLocaleString('en-US')}.
          {saved && ` ${current.fileName} has all of them.`}
        </Text>
      )}
    </section>
  );
}

/** A bar only as far as the whole is known; before that, one that moves. */
function ExportProgress({ state, progress, running }: ExportState & { running: boolean }) {
  const { slicesDone, slicesTotal } = progress;
  if (running && slicesTotal <= 1) {
    return <div className={classes.moving} role="progressbar" aria-label="Export progress" />;
  }
  return (
    <Progress
      value={state === 'done' ? 100 : slicesTotal > 0 ? (slicesDone / slicesTotal) * 100 : 0}
      size={4}
      radius={0}
      color={state === 'done' ? 'teal' : running ? 'violet' : 'orange'}
      aria-label="Export progress"
    />
  );
}

function describeProgress(
  {
    progress: { rows, bytes, slicesDone, slicesTotal },
    elapsedMs,
    runningSince,
    saved,
    fileName,
  }: ExportState,
  running: boolean,
): string {
  const milliseconds = elapsedMs + (runningSince === undefined ? 0 : Date.now() - runningSince);
  const parts = [
    bytes > 0 && `${(bytes / MEGABYTE).toFixed(1)} MB`,
    running &&
      rows > 0 &&
      `${Math.round(rows / (Math.max(1, milliseconds) / SECOND_MS)).toLocaleString('en-US')} a second`,
    running && slicesTotal > 1 && `part ${Math.min(slicesDone + 1, slicesTotal)} of ${slicesTotal}`,
    !running && rows > 0 && !saved && `not saved yet: ${fileName} does not exist`,
  ];
  return parts.map((part) => (part ? `, ${part}` : '')).join('');
}

function titleOf({ state, saved, fileName, progress }: ExportState): string {
  if (saved) return `Saved ${countRows(progress.rows)} to ${fileName}`;
  switch (state) {
    case 'streaming':
      return `Saving to ${fileName}`;
    case 'stopping':
      return 'Stopping the export';
    case 'cancelled':
      return 'Export cancelled';
    default:
      return 'Export failed';
  }
}

function countRows(rows: number): string {
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
}
