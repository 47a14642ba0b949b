import { Text, TextInput } from '@mantine/core';
import {
  type ColumnDef,
  type FilterFn,
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  type SortingFn,
  type SortingState,
  useReactTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import type { Row } from '../../../result/rows.js';
import { cellText, columnNames } from '../result-model/result-rows.js';
import classes from './TableView.module.css';
import { columnWidth, isNumeric } from './table-columns.js';

const ROW_HEIGHT_PIXELS = 33;
const OVERSCAN_ROWS = 12;

const containsText: FilterFn<Row> = (row, columnId, searchText) =>
  cellText(row.getValue(columnId)).toLowerCase().includes(String(searchText).toLowerCase());

const compareText: SortingFn<Row> = (one, other, columnId) => {
  const a = cellText(one.getValue(columnId));
  const b = cellText(other.getValue(columnId));
  return a < b ? -1 : Number(a > b);
};

/** Table with sorting and search. Renders only the visible rows, so it scales to any number of them. */
export function TableView({ rows }: { rows: Row[] }) {
  const [sorting, setSorting] = useState<SortingState>([]);
  const [search, setSearch] = useState('');
  // Keeps typing responsive while tens of thousands of rows are searched.
  const deferredSearch = useDeferredValue(search);
  const viewport = useRef<HTMLDivElement>(null);

  const columns = useMemo(
    () =>
      columnNames(rows).map(
        (name): ColumnDef<Row, unknown> => ({
          id: name,
          accessorFn: (row) => row[name],
          sortingFn: isNumeric(rows, name) ? 'basic' : compareText,
          sortUndefined: 'last',
          meta: { numeric: isNumeric(rows, name), width: columnWidth(rows, name) },
        }),
      ),
    [rows],
  );
  const table = useReactTable({
    data: rows,
    columns,
    state: { sorting, globalFilter: deferredSearch },
    globalFilterFn: containsText,
    getColumnCanGlobalFilter: () => true,
    onSortingChange: setSorting,
    onGlobalFilterChange: setSearch,
    getCoreRowModel: getCoreRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const visibleRows = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: visibleRows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW_HEIGHT_PIXELS,
    overscan: OVERSCAN_ROWS,
    initialRect: { width: 800, height: 600 },
  });
  const template = columns.map(({ meta }) => `minmax(${meta?.width}px, ${meta?.width}fr)`).join(' ');
  const [headers] = table.getHeaderGroups();

  return (
    <div className={classes.view}>
      <div className={classes.tools}>
        <TextInput
          size="xs"
          type="search"
          placeholder="Search all columns"
          aria-label="Search the rows"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          className={classes.search}
        />
        <Text size="xs" c="dimmed" role="status" className="numbers">
          {search
            ? `${visibleRows.length.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')} rows`
            : `${rows.length.toLocaleString('en-US')} ${rows.length === 1 ? 'row' : 'rows'}`}
        </Text>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section ref={viewport} className={classes.viewport} tabIndex={0} aria-label="Rows">
        {/* biome-ignore-start lint/a11y/useSemanticElements: rows in sight are placed by their position, which a table element does not allow. */}
        {/* biome-ignore-start lint/a11y/useFocusableInteractive: as in a table element, the buttons of the header take the focus. */}
        <div
          role="table"
          aria-label="Result"
          aria-rowcount={visibleRows.length + 1}
          aria-colcount={columns.length}
          className={classes.table}
        >
          <div role="rowgroup" className={classes.header}>
            <div
              role="row"
              aria-rowindex={1}
              className={classes.row}
              style={{ gridTemplateColumns: template }}
            >
              {headers?.headers.map(({ id, column }) => (
                <div
                  key={id}
                  role="columnheader"
                  aria-sort={SORT_NAMES[String(column.getIsSorted())]}
                  className={classes.cell}
                  data-numeric={column.columnDef.meta?.numeric || undefined}
                >
                  <button type="button" className={classes.sort} onClick={column.getToggleSortingHandler()}>
                    {id}
                    <span aria-hidden="true">{SORT_ICONS[String(column.getIsSorted())]}</span>
                  </button>
                </div>
              ))}
            </div>
          </div>
          <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => (
              <div
                key={visibleRows[index]?.id}
                role="row"
                aria-rowindex={index + 2}
                className={`${classes.row} ${classes.placed}`}
                style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
              >
                {visibleRows[index]?.getVisibleCells().map((cell) => {
                  const text = cellText(cell.getValue());
                  return (
                    <div
                      key={cell.id}
                      role="cell"
                      className={classes.cell}
                      data-numeric={cell.column.columnDef.meta?.numeric || undefined}
                      title={text}
                    >
                      {text}
                    </div>
                  );
                })}
              </div>
            ))}
          </div>
        </div>
        {/* biome-ignore-end lint/a11y/useSemanticElements: see above. */}
        {/* biome-ignore-end lint/a11y/useFocusableInteractive: see above. */}
        {visibleRows.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            {rows.length === 0 ? 'Mixpanel returned no rows.' : 'No rows match the search.'}
          </Text>
        )}
      </section>
    </div>
  );
}

const SORT_NAMES: Record<string, 'ascending' | 'descending' | 'none'> = {
  asc: 'ascending',
  desc: 'descending',
  false: 'none',
};
const SORT_ICONS: Record<string, string> = { asc: '↑', desc: '↓', false: '' };

declare module '@tanstack/react-table' {
  interface ColumnMeta<TData, TValue> {
    numeric: boolean;
    width: number;
  }
}
