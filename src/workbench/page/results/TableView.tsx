import { Button, Checkbox, Popover, Stack, Text, TextInput } from '@mantine/core';
import {
  type Cell,
  type ColumnDef,
  type FilterFn,
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  type SortingFn,
  type SortingState,
  type Table,
  useReactTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useDeferredValue, useMemo, useRef, useState } from 'react';
import type { Row } from '../../../result/rows.js';
import { showCell } from '../result-model/cell-format.js';
import { cellText, columnNames } from '../result-model/result-rows.js';
import { RowDetails } from './RowDetails.js';
import classes from './TableView.module.css';
import { columnWidth, isNumeric, MIN_WIDTH_PIXELS } from './table-columns.js';

const ROW_HEIGHT_PIXELS = 33;
const OVERSCAN_ROWS = 12;

const containsText: FilterFn<Row> = (row, columnId, searchText) =>
  cellText(row.getValue(columnId)).toLowerCase().includes(String(searchText).toLowerCase());

const compareText: SortingFn<Row> = (one, other, columnId) => {
  const a = cellText(one.getValue(columnId));
  const b = cellText(other.getValue(columnId));
  return a < b ? -1 : Number(a > b);
};

/**
 * Table with sorting, search, columns that can be hidden and sized, and details of a row. Renders only the visible
 * rows, so it scales to any number of them.
 */
export function TableView({ rows }: { rows: Row[] }) {
  const [sorting, setSorting] = useState<SortingState>([]);
  const [search, setSearch] = useState('');
  const [selected, setSelected] = useState<number>();
  // Keeps typing responsive while tens of thousands of rows are searched.
  const deferredSearch = useDeferredValue(search);
  const viewport = useRef<HTMLDivElement>(null);

  const columns = useMemo(
    () =>
      columnNames(rows).map((name): ColumnDef<Row, unknown> => {
        const numeric = isNumeric(rows, name);
        return {
          id: name,
          accessorFn: (row) => row[name],
          sortingFn: numeric ? 'basic' : compareText,
          // The largest numbers are looked for first.
          sortDescFirst: numeric,
          sortUndefined: 'last',
          size: columnWidth(rows, name),
          minSize: MIN_WIDTH_PIXELS,
          meta: { numeric },
        };
      }),
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
    columnResizeMode: 'onChange',
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
  const visibleColumns = table.getVisibleLeafColumns();
  const template = visibleColumns.map((column) => `${column.getSize()}px`).join(' ');
  const [headers] = table.getHeaderGroups();
  const selectedRow = selected === undefined ? undefined : visibleRows[selected]?.original;

  function select(index: number) {
    const inRange = Math.max(0, Math.min(index, visibleRows.length - 1));
    setSelected(inRange);
    virtual.scrollToIndex(inRange);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== viewport.current || visibleRows.length === 0) return;
    if (event.key === 'Enter') select(selected ?? virtual.range?.startIndex ?? 0);
    else if (event.key === 'Escape') setSelected(undefined);
    else if (selected !== undefined && event.key === 'ArrowDown') select(selected + 1);
    else if (selected !== undefined && event.key === 'ArrowUp') select(selected - 1);
    else return;
    event.preventDefault();
  }

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
        <Text size="xs" c="dimmed" role="status" className={`numbers ${classes.count}`}>
          {search &&
            `${visibleRows.length.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')} rows`}
        </Text>
        <ColumnChooser table={table} />
      </div>
      <section
        ref={viewport}
        className={classes.viewport}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        tabIndex={0}
        aria-label="Rows"
        onKeyDown={onKeyDown}
      >
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
              {headers?.headers.map((header) => {
                const { id, column } = header;
                return (
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
                    <div
                      className={classes.resize}
                      aria-hidden="true"
                      data-resizing={column.getIsResizing() || undefined}
                      onMouseDown={header.getResizeHandler()}
                      onTouchStart={header.getResizeHandler()}
                      onDoubleClick={() => column.resetSize()}
                    />
                  </div>
                );
              })}
            </div>
          </div>
          <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = visibleRows[index];
              return (
                row && (
                  <TableRow
                    key={row.id}
                    cells={row.getVisibleCells()}
                    index={index}
                    start={start}
                    template={template}
                    selected={index === selected}
                    onSelect={setSelected}
                  />
                )
              );
            })}
          </div>
        </div>
        {/* biome-ignore-end lint/a11y/useSemanticElements: see above. */}
        {/* biome-ignore-end lint/a11y/useFocusableInteractive: see above. */}
        {visibleRows.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            {rows.length === 0
              ? 'No rows. Mixpanel has nothing for these dates, names and filters: try a longer range, or check the names.'
              : 'No rows match the search.'}
          </Text>
        )}
      </section>
      {selectedRow && selected !== undefined && (
        <RowDetails
          row={selectedRow}
          number={selected + 1}
          count={visibleRows.length}
          onMove={(step) => select(selected + step)}
          onClose={() => setSelected(undefined)}
        />
      )}
    </div>
  );
}

interface TableRowProps {
  cells: Cell<Row, unknown>[];
  index: number;
  /** Distance from the top in pixels. */
  start: number;
  template: string;
  selected: boolean;
  onSelect(index: number): void;
}

/** One row. Memoized, so that scrolling renders only the rows that come into sight. */
const TableRow = memo(({ cells, index, start, template, selected, onSelect }: TableRowProps) => (
  // biome-ignore-start lint/a11y/useSemanticElements: see the table.
  // biome-ignore-start lint/a11y/useFocusableInteractive: see the table.
  // biome-ignore lint/a11y/useKeyWithClickEvents: the region around the rows takes the keys.
  <div
    role="row"
    aria-rowindex={index + 2}
    className={`${classes.row} ${classes.placed}`}
    data-selected={selected || undefined}
    style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
    onClick={() => isClick() && onSelect(index)}
  >
    {cells.map((cell) => {
      const value = cell.getValue();
      const { text, kind } = showCell(value);
      return (
        <div
          key={cell.id}
          role="cell"
          className={classes.cell}
          data-numeric={cell.column.columnDef.meta?.numeric || undefined}
          data-kind={kind}
          title={kind === undefined ? text : cellText(value)}
        >
          {text}
        </div>
      );
    })}
  </div>
  // biome-ignore-end lint/a11y/useSemanticElements: see above.
  // biome-ignore-end lint/a11y/useFocusableInteractive: see above.
));

/** Returns whether a click is one, rather than the end of marking text. */
function isClick(): boolean {
  return window.getSelection()?.isCollapsed ?? true;
}

function ColumnChooser({ table }: { table: Table<Row> }) {
  const columns = table.getAllLeafColumns();
  const hidden = columns.filter((column) => !column.getIsVisible()).length;
  if (columns.length < 2) return null;
  return (
    <Popover position="bottom-end" shadow="md" withinPortal={false} trapFocus returnFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="default">
          {hidden > 0 ? `Columns, ${hidden} hidden` : 'Columns'}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.chooser}>
        <Stack gap={6}>
          {columns.map((column) => (
            <Checkbox
              key={column.id}
              size="xs"
              label={column.id}
              checked={column.getIsVisible()}
              onChange={column.getToggleVisibilityHandler()}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
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
  }
}
