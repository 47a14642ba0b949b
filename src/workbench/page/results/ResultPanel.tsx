import { Alert, Kbd, Progress } from '@mantine/core';
import { Empty } from '../ui/Empty.js';
import { Failure } from './Failure.js';
import classes from './ResultPanel.module.css';
import { ResultTabs } from './ResultTabs.js';
import type { RunState } from './use-run.js';

interface ResultPanelProps extends RunState {
  /** A command's name in the form. */
  nameOf(command: string): string;
  onShowField(field: string): void;
  onTestDatasource(): void;
}

/** The right side: the last result, or why there is none. While a query runs, the result before it stays. */
export function ResultPanel({
  outcome,
  runningSince,
  nameOf,
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
          nameOf={nameOf}
          onShowField={onShowField}
          onTestDatasource={onTestDatasource}
        />
      </div>
    </div>
  );
}

type ContentProps = Omit<ResultPanelProps, 'runningSince'> & { running: boolean };

function Content({ outcome, running, nameOf, onShowField, onTestDatasource }: ContentProps) {
  switch (outcome.state) {
    case 'none':
      return running ? (
        <Empty title="Asking Mixpanel" />
      ) : (
        <Empty title="Nothing has run yet">
          Fill the form and press Run, or <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd>.
        </Empty>
      );
    case 'cancelled':
      return (
        <Empty title="Cancelled">
          The query was given up. One that had reached Mixpanel may still count.
        </Empty>
      );
    case 'failed':
      return (
        <Alert color="red" m="md" role="alert" title="The query did not run">
          {outcome.message}
        </Alert>
      );
    case 'answered':
      return outcome.answer.result.ok ? (
        <ResultTabs
          key={outcome.call.command}
          call={outcome.call}
          result={outcome.answer.result}
          elapsedMs={outcome.answer.elapsedMs}
          title={nameOf(outcome.call.command)}
        />
      ) : (
        <Failure
          error={outcome.answer.result.error}
          meta={outcome.answer.result.meta}
          onShowField={onShowField}
          onTestDatasource={onTestDatasource}
        />
      );
  }
}
