import { Text, useComputedColorScheme, VisuallyHidden } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ChartModel } from '../result-model/chart-model.js';
import { ChartLegend } from './ChartLegend.js';
import classes from './ChartView.module.css';
import { toEChartsOption } from './chart-option.js';
import { echarts } from './echarts.js';

/** Chart with its legend, and the same numbers as a table for screen readers. */
export function ChartView({ model }: { model: ChartModel }) {
  const scheme = useComputedColorScheme('light');
  const reducedMotion = useReducedMotion();
  const container = useRef<HTMLDivElement>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const title = `${model.measure} by ${model.category}`;
  const option = useMemo(
    () => toEChartsOption(model, { scheme, hidden, animated: !reducedMotion }),
    [model, scheme, hidden, reducedMotion],
  );

  useEffect(() => {
    if (!container.current) return;
    const chart = echarts.init(container.current);
    const resizeObserver = new ResizeObserver(() => chart.resize());
    resizeObserver.observe(container.current);
    return () => {
      resizeObserver.disconnect();
      chart.dispose();
    };
  }, []);

  useEffect(() => {
    const chart = container.current && echarts.getInstanceByDom(container.current);
    chart?.setOption(option, { notMerge: true });
  }, [option]);

  function toggle(name: string) {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  }

  return (
    <div className={classes.view}>
      <div className={classes.head}>
        <ChartLegend series={model.series} hidden={hidden} scheme={scheme} onToggle={toggle} />
        {model.note && (
          <Text size="xs" c="dimmed">
            {model.note}
          </Text>
        )}
      </div>
      <div
        ref={container}
        className={classes.canvas}
        role="img"
        aria-label={`${model.kind} chart: ${title}`}
      />
      <ChartNumbers model={model} title={title} />
    </div>
  );
}

const MAX_TABLE_ROWS = 200;

function ChartNumbers({ model, title }: { model: ChartModel; title: string }) {
  const categories = model.categories.slice(0, MAX_TABLE_ROWS);
  return (
    <VisuallyHidden>
      <table data-chart={model.kind}>
        <caption>
          The numbers of the chart: {title}
          {categories.length < model.categories.length && `, the first ${categories.length}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{model.category}</th>
            {model.series.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {categories.map((category, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, and the list is never reordered.
            <tr key={index}>
              <th scope="row">{category}</th>
              {model.series.map(({ name, data }) => (
                <td key={name}>{data[index] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
