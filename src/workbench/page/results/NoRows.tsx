import { describeNoRows } from '../result-model/no-rows.js';
import { Empty } from '../ui/Empty.js';

/** Says why a result may be empty, and what to change. */
export function NoRows({ parameters }: { parameters: Readonly<Record<string, unknown>> }) {
  const { title, advice } = describeNoRows(parameters);
  return <Empty title={title}>{advice}</Empty>;
}
