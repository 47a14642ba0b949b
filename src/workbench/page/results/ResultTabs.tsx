import { Alert, Button, Menu, Tabs } from '@mantine/core';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { QuerySuccess } from '../../../result/query-result.js';
import type { Row } from '../../../result/rows.js';
import type { RunRequest } from '../../wire.js';
import { saveCsv, saveJson, toFileName } from '../browser/file-download.js';
import { toChartModel } from '../result-model/chart-model.js';
import { parseCsvRows, toRows } from '../result-model/result-rows.js';
import { Empty } from '../ui/Empty.js';
import { DownloadIcon } from '../ui/icons.js';
import { UseIt } from '../use-it/UseIt.js';
import { JsonTree } from './JsonTree.js';
import { RawView } from './RawView.js';
import { ResultSummary } from './ResultSummary.js';
import classes from './ResultTabs.module.css';
import { TableView } from './TableView.js';

// Preloaded: most results, including the first, are shown as a chart.
const chartModule = import('./ChartView.js');
const ChartView = lazy(() => chartModule.then(({ ChartView }) => ({ default: ChartView })));

interface ResultTabsProps {
  request: RunRequest;
  result: QuerySuccess;
  elapsedMs: number;
  title: string;
}

type Tab = 'chart' | 'table' | 'json' | 'raw' | 'use';

/** Shows a result in five views. */
export function ResultTabs({ request, result, elapsedMs, title }: ResultTabsProps) {
  const { body, meta, messages } = result;
  const rows = useRows(body);
  const chart = useMemo(() => rows && toChartModel(rows), [rows]);
  const [selectedTab, setSelectedTab] = useState<Tab>();
  const defaultTab: Tab = chart && !chart.partial ? 'chart' : rows ? 'table' : 'json';
  const tab = selectedTab === 'chart' && !chart ? 'table' : (selectedTab ?? defaultTab);

  return (
    <Tabs
      value={tab}
      onChange={(value) => setSelectedTab(value as Tab)}
      keepMounted={false}
      classNames={{ root: classes.tabs, panel: classes.panel, list: classes.list }}
    >
      <div className={classes.head}>
        <ResultSummary title={title} meta={meta} elapsedMs={elapsedMs} rowCount={rows?.length} />
        <Downloads rows={rows} body={body} name={toFileName(request.command)} />
      </div>
      {messages.map((message) => (
        <Alert key={message} color="orange" className={classes.message} role="status">
          {message}
        </Alert>
      ))}
      <Tabs.List aria-label="Views of the result">
        <Tabs.Tab value="chart" disabled={!chart}>
          Chart
        </Tabs.Tab>
        <Tabs.Tab value="table">Table</Tabs.Tab>
        <Tabs.Tab value="json">JSON</Tabs.Tab>
        <Tabs.Tab value="raw">Raw</Tabs.Tab>
        <Tabs.Tab value="use" className={classes.last}>
          Use it
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="chart">
        {chart && (
          <Suspense fallback={<Empty title="Drawing the chart" />}>
            <ChartView model={chart} />
          </Suspense>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="table">
        {rows ? (
          <TableView rows={rows} />
        ) : (
          <Empty title="This result is not a table">See JSON or Raw for the full result.</Empty>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="json">
        <JsonTree value={body} />
      </Tabs.Panel>
      <Tabs.Panel value="raw">
        <RawView body={body} />
      </Tabs.Panel>
      <Tabs.Panel value="use">
        <UseIt request={request} rows={rows} chart={chart} />
      </Tabs.Panel>
    </Tabs>
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
