import { Select, Text, useComputedColorScheme } from '@mantine/core';
import { useState } from 'react';
import type { Row } from '../../../result/rows.js';
import { saveCsv } from '../browser/file-download.js';
import { ALL_DATES, type FunnelChart, type FunnelStep } from '../result-model/funnel-chart.js';
import { dateLabels, unitOf } from '../result-model/periods.js';
import { ChartNumbers } from './ChartNumbers.js';
import type { ChartViewProps } from './ChartView.js';
import classes from './FunnelView.module.css';
import { SaveCsvButton } from './SaveCsvButton.js';
import { coloursOf } from './series-colours.js';

const count = new Intl.NumberFormat('en-US');
const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });

/** A funnel as steps: for each, how many came this far, from the first step and from the one before. */
export function FunnelView({ model, name, now }: ChartViewProps<FunnelChart>) {
  const scheme = useComputedColorScheme('light');
  const { dates, segments, stepsByDate, note } = model;
  const [chosen, setChosen] = useState<string>(ALL_DATES);
  const date = stepsByDate.has(chosen) ? chosen : ALL_DATES;
  const bySegment = stepsByDate.get(date) ?? [];
  const colours = coloursOf(segments, scheme);
  const labels = dateLabels(dates, unitOf(dates), now);
  const steps = [...new Map(bySegment.flat().map((step) => [step.step, step.event]))].sort(
    ([a], [b]) => a - b,
  );
  const rows = toNumberRows(segments, bySegment);
  return (
    <div className={classes.view}>
      <div className={classes.head}>
        <Legend segments={segments} colours={colours} bySegment={bySegment} />
        {dates.length > 0 && (
          <Select
            size="xs"
            w={190}
            aria-label="Date"
            value={date === ALL_DATES ? 'all' : date}
            onChange={(value) => setChosen(value === null || value === 'all' ? ALL_DATES : value)}
            data={[
              { value: 'all', label: dates.length === 1 ? 'All dates' : `All ${dates.length} dates` },
              ...dates.map((each) => ({ value: each, label: labels.full(each) })),
            ]}
          />
        )}
        <SaveCsvButton onSave={() => saveCsv(rows, `${name}-funnel`)} />
      </div>
      <ol className={classes.steps}>
        {steps.map(([number, event]) => (
          <li key={number} className={classes.step}>
            <Text size="sm" fw={600}>
              {number}. {event}
            </Text>
            {segments.map((segment, index) => {
              const step = bySegment[index]?.find((each) => each.step === number);
              return (
                step && <StepBar key={segment} step={step} colour={colours[index] ?? ''} segment={segment} />
              );
            })}
          </li>
        ))}
      </ol>
      <Text size="xs" c="dimmed" className={classes.note}>
        {[
          note,
          dates.length > 1 &&
            date === ALL_DATES &&
            'Counts of all dates added: who entered on several dates is counted on each.',
        ]
          .filter(Boolean)
          .join(' ')}
      </Text>
      <ChartNumbers kind="funnel" title="steps of the funnel" rows={rows} />
    </div>
  );
}

function Legend({
  segments,
  colours,
  bySegment,
}: {
  segments: readonly string[];
  colours: readonly string[];
  bySegment: readonly FunnelStep[][];
}) {
  return (
    <ul className={classes.legend} aria-label="Segments">
      {segments.map((segment, index) => {
        const conversion = bySegment[index]?.at(-1)?.overallConversion ?? null;
        return (
          <li key={segment}>
            <svg width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" rx="3" fill={colours[index]} />
            </svg>
            {segment && <span>{segment}</span>}
            {conversion !== null && (
              <span className={`numbers ${classes.dimmed}`}>{percent.format(conversion)} converted</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function StepBar({ step, colour, segment }: { step: FunnelStep; colour: string; segment: string }) {
  const { overallConversion, stepConversion, avgTime } = step;
  const width = Math.min(1, Math.max(0, overallConversion ?? 0));
  const details = [
    step.step > 2 && stepConversion !== null && `${percent.format(stepConversion)} of step ${step.step - 1}`,
    step.step > 1 && avgTime !== null && avgTime > 0 && `${formatSeconds(avgTime)} on average`,
  ].filter(Boolean);
  return (
    <div className={classes.bar} title={segment || undefined}>
      <div className={classes.track}>
        <div className={classes.fill} style={{ width: `${width * 100}%`, background: colour }} />
      </div>
      <div className={`numbers ${classes.numbers}`}>
        <b>{step.count === null ? '–' : count.format(step.count)}</b>
        {overallConversion !== null && <span>{percent.format(overallConversion)}</span>}
        {details.length > 0 && <span className={classes.dimmed}>{details.join(', ')}</span>}
      </div>
    </div>
  );
}

const DURATIONS: [seconds: number, unit: string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** Returns `2.5 h` for 9,000 seconds. */
function formatSeconds(seconds: number): string {
  const [size, unit] = DURATIONS.find(([each]) => seconds >= each) ?? [1, 's'];
  return `${Number((seconds / size).toFixed(1))} ${unit}`;
}

function toNumberRows(segments: readonly string[], bySegment: readonly FunnelStep[][]): Row[] {
  return segments.flatMap((segment, index) =>
    (bySegment[index] ?? []).map(({ step, event, ...numbers }) => ({
      step: `${step}. ${event}`,
      ...(segment ? { segment } : {}),
      ...numbers,
    })),
  );
}
