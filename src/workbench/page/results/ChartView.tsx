import type { BarChart } from '../result-model/bar-chart.js';
import type { ChartModel } from '../result-model/chart-model.js';
import { BarChartView } from './BarChartView.js';
import { FunnelView } from './FunnelView.js';
import { RetentionView } from './RetentionView.js';
import { SeriesChartView } from './SeriesChartView.js';

export interface ChartViewProps<Model = ChartModel | BarChart> {
  model: Model;
  /** Name for saved files, without extension. */
  name: string;
  /** When the result was computed, in epoch milliseconds. */
  now: number;
}

/** Chart of any kind. */
export function ChartView({ model, ...props }: ChartViewProps) {
  switch (model.kind) {
    case 'series':
      return <SeriesChartView model={model} {...props} />;
    case 'bars':
      return <BarChartView model={model} {...props} />;
    case 'funnel':
      return <FunnelView model={model} {...props} />;
    case 'retention':
      return <RetentionView model={model} {...props} />;
  }
}
