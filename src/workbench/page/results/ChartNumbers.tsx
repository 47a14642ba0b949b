import { VisuallyHidden } from '@mantine/core';
import type { Row } from '../../../result/rows.js';
import { cellText, columnNames } from '../result-model/result-rows.js';

const MAX_ROWS = 200;

interface ChartNumbersProps {
  /** How the numbers are drawn. */
  kind: string;
  title: string;
  rows: readonly Row[];
}

/** The numbers of a chart as a table for screen readers. */
export function ChartNumbers({ kind, title, rows }: ChartNumbersProps) {
  const shown = rows.slice(0, MAX_ROWS);
  const [category = '', ...columns] = columnNames(shown);
  return (
    <VisuallyHidden>
      <table data-chart={kind}>
        <caption>
          The numbers of the chart: {title}
          {shown.length < rows.length && `, the first ${shown.length}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{category}</th>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, and the list is never reordered.
            <tr key={index}>
              <th scope="row">{cellText(row[category])}</th>
              {columns.map((column) => (
                <td key={column}>{cellText(row[column])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
