import { Alert, Kbd, Progress } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { RunRequest, RunResponse } from '../../wire.js';
import { type FreeRest, isChanged } from '../result-model/missing-rows.js';
import { Empty } from '../ui/Empty.js';
import { Failure } from './Failure.js';
import { ResultHeader } from './ResultHeader.js';
import classes from './ResultPanel.module.css';
import { type ResultTab, ResultTabs } from './ResultTabs.js';
import { RetryButton } from './RetryButton.js';
import type { RunState } from './use-run.js';

const DetailsView = lazy(() =>
  import('./DetailsView.js').then(({ DetailsView }) => ({ default: DetailsView })),
);

export interface ResultPanelProps extends RunState {
  /** The query of the form as it is now. */
  current: RunRequest;
  /** When the next query can start, in epoch milliseconds, if not at once. */
  nextSlotAt?: number;
  /** Time zone of the form's project, if it is known. */
  zone?: string;
  /** Returns a command's label in the form. */
  commandLabel(command: string): string;
  onRun(request: RunRequest): void;
  onRunRest(rest: FreeRest, before: RunResponse): void;
  onShowField(field: string): void;
  onTestDatasource(): void;
}

/** Shows the last result, or why there is none. While a query runs, the previous result stays visible. */
export function ResultPanel({ runningSince, ...props }: ResultPanelProps) {
  const running = runningSince !== undefined;
  const [chosenTab, setChosenTab] = useState<ResultTab>();
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
        <Content {...props} running={running} chosenTab={chosenTab} onChooseTab={setChosenTab} />
      </div>
    </div>
  );
}

interface ContentProps extends Omit<ResultPanelProps, 'runningSince'> {
  running: boolean;
  chosenTab: ResultTab | undefined;
  onChooseTab(tab: ResultTab): void;
}

function Content(props: ContentProps) {
  const { outcome, running, current, nextSlotAt, commandLabel, onRun, onShowField, onTestDatasource } = props;
  if (outcome.state === 'none') {
    return running ? (
      <Empty title="Running the query" />
    ) : (
      <Empty title="No results yet">
        Fill in the form, then press Run or <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd>.
      </Empty>
    );
  }
  if (outcome.state === 'cancelled') {
    return (
      <Empty title="Cancelled">
        The query was cancelled. If it had reached Mixpanel, it may still count against the quota.
      </Empty>
    );
  }
  const { request, endedAt } = outcome;
  const header = {
    title: commandLabel(request.command),
    endedAt,
    changed: isChanged(request, current),
  };
  const retry = () => onRun(request);
  if (outcome.state === 'failed') {
    return (
      <>
        <div className={classes.head}>
          <ResultHeader {...header} />
        </div>
        <Alert color="red" mx="md" role="alert" title="The query did not run">
          {outcome.message}
          <RetryButton retryAt={undefined} onRetry={retry} />
        </Alert>
      </>
    );
  }
  const { response } = outcome;
  const { result } = response;
  if (!result.ok) {
    return (
      <>
        <div className={classes.head}>
          <ResultHeader {...header} />
        </div>
        <Failure
          key={endedAt}
          error={result.error}
          meta={result.meta}
          onRetry={retry}
          onShowField={onShowField}
          onTestDatasource={onTestDatasource}
        />
        <Suspense>
          <DetailsView response={response} />
        </Suspense>
      </>
    );
  }
  return (
    <ResultTabs
      {...header}
      request={request}
      response={response}
      result={result}
      nextSlotAt={nextSlotAt}
      zone={isSameProject(request, current) ? props.zone : undefined}
      chosenTab={props.chosenTab}
      onChooseTab={props.onChooseTab}
      onRunRest={(rest) => props.onRunRest(rest, response)}
      onShowField={onShowField}
    />
  );
}

function isSameProject(one: RunRequest, other: RunRequest): boolean {
  return (
    one.connectionId === other.connectionId &&
    (one.parameters.projectId ?? '') === (other.parameters.projectId ?? '')
  );
}
