import { useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import type { EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef, useState } from 'react';
import { echarts } from './echarts.js';
import type { Scheme } from './series-colours.js';

interface ChartSurroundings {
  scheme: Scheme;
  animated: boolean;
  /** Width of the chart in pixels. */
  width: number;
}

/** Draws a chart into an element. The option may depend on the colour scheme and the width. */
export function useEChart(toOption: (surroundings: ChartSurroundings) => EChartsCoreOption) {
  const container = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const animated = !useReducedMotion();
  const [width, setWidth] = useState(0);

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const chart = echarts.init(element);
    const resizeObserver = new ResizeObserver(() => {
      chart.resize();
      setWidth(element.clientWidth);
    });
    resizeObserver.observe(element);
    return () => {
      resizeObserver.disconnect();
      chart.dispose();
    };
  }, []);

  useEffect(() => {
    const chart = container.current && echarts.getInstanceByDom(container.current);
    if (width > 0) chart?.setOption(toOption({ scheme, animated, width }), { notMerge: true });
  }, [toOption, scheme, animated, width]);

  return { container, scheme };
}
