import { Alert, Button, Group, Progress, Text, Title } from '@mantine/core';
import { MEGABYTE } from '../../../json/bytes.js';
import { SECOND_MS } from '../../../time/durations.js';
import { TableView } from '../results/TableView.js';
import { Empty } from '../ui/Empty.js';
import classes from './ExportPanel.module.css';
import type { ExportState } from './use-export.js';

interface ExportPanelProps {
  export: ExportState;
  onCancel(): void;
  onResume(): void;
  onSaveSoFar(): void;
  onClose(): void;
}

/** Shows the progress and the first rows of an export, with buttons to cancel and resume it. */
export function ExportPanel({ export: current, onCancel, onResume, onSaveSoFar, onClose }: ExportPanelProps) {
  const {
    state,
    progress,
    startedAt,
    endedAt = Date.now(),
    preview,
    messages,
    problem,
    resumeToken,
    unsaved,
  } = current;
  const streaming = state === 'streaming';
  const seconds = Math.max(1, endedAt - startedAt) / SECOND_MS;
  const { rows, bytes, slicesDone, slicesTotal } = progress;
  return (
    <section className={classes.panel} aria-label="Export to a file" data-export={state}>
      <div className={classes.head}>
        <div>
          <Title order={2} size="h5">
            {TITLES[state]}
          </Title>
          <Text size="sm" c="dimmed" className="numbers" role="status">
            <b data-rows={rows}>{rows.toLocaleString('en-US')} rows</b>
            {bytes > 0 && `, ${(bytes / MEGABYTE).toFixed(1)} MB`}
            {`, ${Math.round(rows / seconds).toLocaleString('en-US')} a second`}
            {slicesTotal > 1 && `, slice ${Math.min(slicesDone + 1, slicesTotal)} of ${slicesTotal}`}
          </Text>
        </div>
        <Group gap="xs">
          {resumeToken !== undefined && (
            <Button size="xs" onClick={onResume}>
              Continue
            </Button>
          )}
          {unsaved && (
            <Button size="xs" variant="default" onClick={onSaveSoFar}>
              Save the rows so far
            </Button>
          )}
          {streaming ? (
            <Button size="xs" color="red" variant="light" onClick={onCancel}>
              Cancel export
            </Button>
          ) : (
            <Button size="xs" variant="default" onClick={onClose}>
              Close
            </Button>
          )}
        </Group>
      </div>
      <Progress
        value={slicesTotal > 1 ? (slicesDone / slicesTotal) * 100 : 100}
        animated={streaming}
        striped={streaming}
        size={4}
        radius={0}
        color={state === 'done' ? 'teal' : state === 'streaming' ? 'violet' : 'orange'}
        aria-label="Export progress"
      />
      {problem && (
        <Alert color="red" role="alert" m="md" mb={0} title="Incomplete export">
          {problem}
        </Alert>
      )}
      {messages.map((message) => (
        <Alert key={message} color="yellow" m="md" mb={0}>
          {message}
        </Alert>
      ))}
      {preview.length > 0 ? (
        <TableView rows={preview} />
      ) : (
        <Empty title={streaming ? 'Waiting for the first rows' : 'No rows arrived'} />
      )}
      {rows > preview.length && (
        <Text size="xs" c="dimmed" className={classes.note}>
          Showing the first {preview.length.toLocaleString('en-US')} rows. The file contains all of them.
        </Text>
      )}
    </section>
  );
}

const TITLES: Record<ExportState['state'], string> = {
  streaming: 'Saving to a file',
  done: 'Saved',
  failed: 'Export failed',
  cancelled: 'Export cancelled',
};
