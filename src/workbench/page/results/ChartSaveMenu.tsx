import { Button, Menu, useComputedColorScheme } from '@mantine/core';
import type { RefObject } from 'react';
import type { Row } from '../../../result/rows.js';
import { saveBlob, saveCsv } from '../browser/file-download.js';
import { DownloadIcon } from '../ui/icons.js';
import { drawPicture, type LegendEntry } from './chart-picture.js';
import { echarts } from './echarts.js';

interface ChartSaveMenuProps {
  container: RefObject<HTMLDivElement | null>;
  title: string;
  legend: readonly LegendEntry[];
  /** The numbers of the chart. */
  rows: readonly Row[];
  name: string;
}

/** Saves a chart as a picture, or its numbers as CSV. */
export function ChartSaveMenu({ container, title, legend, rows, name }: ChartSaveMenuProps) {
  const scheme = useComputedColorScheme('light');
  async function savePicture() {
    const chart = container.current && echarts.getInstanceByDom(container.current);
    if (!chart) return;
    saveBlob(await drawPicture(chart, { title, legend, scheme }), `${name}.png`);
  }
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button size="compact-xs" variant="subtle" leftSection={<DownloadIcon />}>
          Save chart
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={savePicture}>PNG</Menu.Item>
        <Menu.Item onClick={() => saveCsv(rows, `${name}-chart`)}>CSV</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
