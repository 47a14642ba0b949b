import { Button, Group, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { toCsv } from '../../../result/csv.js';
import type { Row } from '../../../result/rows.js';
import { showCell } from '../result-model/cell-format.js';
import { cellText } from '../result-model/result-rows.js';
import { CopyText } from '../ui/CopyText.js';
import classes from './RowDetails.module.css';

interface RowDetailsProps {
  row: Row;
  /** Position among the rows shown, from 1. */
  number: number;
  count: number;
  onMove(step: 1 | -1): void;
  onClose(): void;
}

/** One row, a line for each value, to read and to copy. */
export function RowDetails({ row, number, count, onMove, onClose }: RowDetailsProps) {
  const csv = useCsv(row);
  return (
    <section className={classes.panel} aria-label="Row">
      <div className={classes.head}>
        <Text size="sm" fw={600} className="numbers">
          Row {number.toLocaleString('en-US')} of {count.toLocaleString('en-US')}
        </Text>
        <Group gap={6}>
          <CopyText text={JSON.stringify(row, null, 2)} what="the row as JSON" label="JSON" />
          <CopyText text={csv} what="the row as CSV" label="CSV" />
          <Button size="compact-xs" variant="default" disabled={number <= 1} onClick={() => onMove(-1)}>
            Previous
          </Button>
          <Button size="compact-xs" variant="default" disabled={number >= count} onClick={() => onMove(1)}>
            Next
          </Button>
          <Button size="compact-xs" variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className={classes.scroll} tabIndex={0} aria-label="Values of the row">
        <dl className={classes.values}>
          {Object.entries(row).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <span data-kind={value === null ? 'null' : undefined}>
                  {value === '' ? '""' : showCell(value).text}
                </span>
                <CopyText text={cellText(value)} what={name} />
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </section>
  );
}

function useCsv(row: Row): string {
  const [csv, setCsv] = useState('');
  useEffect(() => {
    let active = true;
    void toCsv([row]).then((text) => active && setCsv(text));
    return () => {
      active = false;
    };
  }, [row]);
  return csv;
}
