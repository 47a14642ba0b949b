import { Alert, Kbd, Progress } from '@mantine/core';
import { Empty } from '../ui/Empty.js';
import { Failure } from './Failure.js';
import classes from './ResultPanel.module.css';
import { ResultTabs } from './ResultTabs.js';
import type { RunState } from './use-run.js';

interface ResultPanelProps extends RunState {
  /** Returns a command's label in the form. */
  commandLabel(command: string): string;
  onShowField(field: string): void;
  onTestDatasource(): void;
}

/** Shows the last result, or why there is none. While a query runs, the previous result stays visible. */
export function ResultPanel({
  outcome,
  runningSince,
  commandLabel,
  onShowField,
  onTestDatasource,
}: ResultPanelProps) {
  const running = runningSince !== undefined;
  return (
    <div className={classes.panel} aria-busy={running}>
      {running && (
        <Progress
          value={100}
          animated
          size={3}
          radius={0}
          className={classes.progress}
          aria-label="The query is running"
        />
      )}
      <div className={classes.content} data-dimmed={running || undefined}>
        <Content
          outcome={outcome}
          running={running}
          commandLabel={commandLabel}
          onShowField={onShowField}
          onTestDatasource={onTestDatasource}
        />
      </div>
    </div>
  );
}

type ContentProps = Omit<ResultPanelProps, 'runningSince'> & { running: boolean };

function Content({ outcome, running, commandLabel, onShowField, onTestDatasource }: ContentProps) {
  switch (outcome.state) {
    case 'none':
      return running ? (
        <Empty title="Running the query" />
      ) : (
        <Empty title="No results yet">
          Fill in the form, then press Run or <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd>.
        </Empty>
      );
    case 'cancelled':
      return (
        <Empty title="Cancelled">
          The query was cancelled. If it had reached Mixpanel, it may still count against the quota.
        </Empty>
      );
    case 'failed':
      return (
        <Alert color="red" m="md" role="alert" title="The query did not run">
          {outcome.message}
        </Alert>
      );
    case 'answered':
      return outcome.response.result.ok ? (
        <ResultTabs
          key={outcome.request.command}
          request={outcome.request}
          result={outcome.response.result}
          elapsedMs={outcome.response.elapsedMs}
          title={commandLabel(outcome.request.command)}
        />
      ) : (
        <Failure
          error={outcome.response.result.error}
          meta={outcome.response.result.meta}
          onShowField={onShowField}
          onTestDatasource={onTestDatasource}
        />
      );
  }
}
