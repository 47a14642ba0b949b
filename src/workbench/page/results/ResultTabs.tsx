import { Alert, Button, Menu, Tabs, Text } from '@mantine/core';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { QuerySuccess } from '../../../result/query-result.js';
import type { Row } from '../../../result/rows.js';
import { SECOND_MS } from '../../../time/durations.js';
import type { RunRequest, RunResponse } from '../../wire.js';
import { saveCsv, saveJson, toFileName } from '../browser/file-download.js';
import { chartContext } from '../result-model/chart-context.js';
import { isOpeningView, toChartModel } from '../result-model/chart-model.js';
import { type FreeRest, isLimitReached, restOf } from '../result-model/missing-rows.js';
import { parseCsvRows, toRows } from '../result-model/result-rows.js';
import { formatAge, formatClockTime } from '../ui/clock-time.js';
import { Empty } from '../ui/Empty.js';
import { DownloadIcon } from '../ui/icons.js';
import { NoRows } from './NoRows.js';
import { ResultSummary } from './ResultSummary.js';
import classes from './ResultTabs.module.css';

// Preloaded: most results, including the first, are shown as a chart.
const chartModule = import('./ChartView.js');
const ChartView = lazy(() => chartModule.then(({ ChartView }) => ({ default: ChartView })));
const TableView = lazy(() => import('./TableView.js').then(({ TableView }) => ({ default: TableView })));
const JsonTree = lazy(() => import('./JsonTree.js').then(({ JsonTree }) => ({ default: JsonTree })));
const RawView = lazy(() => import('./RawView.js').then(({ RawView }) => ({ default: RawView })));
const DetailsView = lazy(() =>
  import('./DetailsView.js').then(({ DetailsView }) => ({ default: DetailsView })),
);
const UseIt = lazy(() => import('../use-it/UseIt.js').then(({ UseIt }) => ({ default: UseIt })));

export type ResultTab = 'chart' | 'table' | 'json' | 'details' | 'use';

interface ResultTabsProps {
  request: RunRequest;
  response: RunResponse;
  result: QuerySuccess;
  /** When the query ended, in epoch milliseconds. */
  endedAt: number;
  /** Whether the form has changed since. */
  changed: boolean;
  /** When the next query can start, in epoch milliseconds, if not at once. */
  nextSlotAt?: number;
  /** Time zone of the project, if it is known. */
  zone?: string;
  title: string;
  /** The view the user has chosen, kept from result to result. */
  chosenTab: ResultTab | undefined;
  onChooseTab(tab: ResultTab): void;
  onRunRest(rest: FreeRest): void;
  onShowField(field: string): void;
}

/** Shows a result in several views. */
export function ResultTabs(props: ResultTabsProps) {
  const { request, response, result, endedAt, changed, title, chosenTab, onChooseTab } = props;
  const { body, meta, messages } = result;
  const rows = useRows(body);
  const { zone } = props;
  const context = useMemo(() => chartContext(response, endedAt, zone), [response, endedAt, zone]);
  const chart = useMemo(() => rows && toChartModel(rows, context), [rows, context]);
  const usualTab: ResultTab = isOpeningView(chart) ? 'chart' : rows ? 'table' : 'json';
  const tab = chosenTab === 'chart' && !chart ? usualTab : (chosenTab ?? usualTab);
  const name = toFileName(request.command);

  return (
    <Tabs
      value={tab}
      onChange={(value) => onChooseTab(value as ResultTab)}
      keepMounted={false}
      classNames={{ root: classes.tabs, panel: classes.panel, list: classes.list }}
    >
      <div className={classes.head}>
        <ResultSummary
          title={title}
          meta={meta}
          elapsedMs={response.elapsedMs}
          endedAt={endedAt}
          changed={changed}
          rowCount={rows?.length}
        />
        <Missing {...props} rows={rows} />
        <Downloads rows={rows} body={body} name={name} />
      </div>
      <Notices {...props} messages={messages} />
      <Tabs.List aria-label="Views of the result">
        <Tabs.Tab value="chart" disabled={!chart}>
          Chart
        </Tabs.Tab>
        <Tabs.Tab value="table">Table</Tabs.Tab>
        <Tabs.Tab value="json">JSON</Tabs.Tab>
        <Tabs.Tab value="details">Details</Tabs.Tab>
        <Tabs.Tab value="use" className={classes.last}>
          Use it
        </Tabs.Tab>
      </Tabs.List>
      <Suspense fallback={<Empty title={tab === 'chart' ? 'Drawing the chart' : 'Loading'} />}>
        <Tabs.Panel value="chart">
          {chart && <ChartView model={chart} name={name} now={context.now} />}
        </Tabs.Panel>
        <Tabs.Panel value="table">
          {rows?.length === 0 ? (
            <NoRows parameters={request.parameters} />
          ) : rows ? (
            <TableView rows={rows} />
          ) : (
            <Empty title="This result is not a table">See JSON for all of it.</Empty>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="json">
          {typeof body === 'string' ? <RawView body={body} /> : <JsonTree value={body} />}
        </Tabs.Panel>
        <Tabs.Panel value="details">
          <DetailsView response={response} />
        </Tabs.Panel>
        <Tabs.Panel value="use">
          <UseIt request={request} rows={rows} chart={chart} />
        </Tabs.Panel>
      </Suspense>
    </Tabs>
  );
}

/** Offers the rows that are not here: free pages of a list, or those beyond the limit. */
function Missing({
  request,
  result,
  rows,
  onRunRest,
  onShowField,
}: ResultTabsProps & { rows: Row[] | undefined }) {
  const rest = restOf(request, result.meta);
  if (rest) {
    return (
      <Button size="compact-sm" variant="light" onClick={() => onRunRest(rest)}>
        Load the rest (free)
      </Button>
    );
  }
  if (!rows || !isLimitReached(request, rows.length)) return null;
  return (
    <Button size="compact-sm" variant="light" onClick={() => onShowField('limit')}>
      Cut at the limit of {rows.length.toLocaleString('en-US')}
    </Button>
  );
}

/** Whether a message only says which days relative dates are. It is no warning if the time zone is the project's. */
function isAboutDates(message: string, { dates }: QuerySuccess['meta']): boolean {
  return dates !== undefined && message.endsWith(`, in the project's time zone, ${dates.timezone}.`);
}

/** Notices above the data. That a result is old comes first, in our words. */
function Notices({
  result: { meta },
  endedAt,
  nextSlotAt,
  messages,
}: ResultTabsProps & { messages: string[] }) {
  const { cache } = meta;
  const stale = cache?.state === 'STALE';
  const reason = stale ? messages.at(-1) : undefined;
  return (
    <>
      {stale && (
        <Alert color="orange" className={classes.message} role="status">
          <Text size="sm" fw={500}>
            You see the result of {formatClockTime(endedAt - cache.ageMs)},{' '}
            {formatAge(Math.round(cache.ageMs / SECOND_MS))} old.
            {nextSlotAt !== undefined && nextSlotAt > endedAt && ` Next slot ${formatClockTime(nextSlotAt)}.`}
          </Text>
          <Text size="xs" c="dimmed" mt={4} className={classes.reason}>
            {reason}
          </Text>
        </Alert>
      )}
      {messages
        .filter((message) => message !== reason)
        .map((message) => (
          <Alert
            key={message}
            color={isAboutDates(message, meta) ? 'gray' : 'orange'}
            className={classes.message}
            role="status"
          >
            {message}
          </Alert>
        ))}
    </>
  );
}

function Downloads({ rows, body, name }: { rows: Row[] | undefined; body: unknown; name: string }) {
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button size="compact-sm" variant="default" leftSection={<DownloadIcon />}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={!rows} onClick={() => rows && saveCsv(rows, name)}>
          CSV
        </Menu.Item>
        <Menu.Item onClick={() => saveJson(body, name)}>JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Returns the rows of a body. CSV text is parsed asynchronously and has no rows until then. */
function useRows(body: unknown): Row[] | undefined {
  const rows = useMemo(() => toRows(body), [body]);
  const [parsed, setParsed] = useState<{ text: string; rows: Row[] | undefined }>();
  useEffect(() => {
    if (typeof body !== 'string') return;
    let active = true;
    parseCsvRows(body).then((found) => active && setParsed({ text: body, rows: found }));
    return () => {
      active = false;
    };
  }, [body]);
  return rows ?? (parsed?.text === body ? parsed?.rows : undefined);
}
