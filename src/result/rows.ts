import { isObject } from '../json/object.js';

/** One line of a result: flat, fixed columns first. */
export type Row = Record<string, unknown>;

/**
 * Builds a row: the fixed columns, then each property under its own name, values as they are.
 *
 * Two kinds of names cannot stand as they are and get the prefix `property_`: a name a fixed column already has
 * (a property called `event`), and whole numbers (`42`), which JavaScript would list before every other column.
 * A property called `__proto__` becomes an own property, as in `JSON.parse`.
 */
export function makeRow(
  fixedColumns: Row,
  properties: Readonly<Row> = {},
  excluded: ReadonlySet<string> = NO_NAMES,
): Row {
  // Not `{ ...fixed }`: V8 makes a slow dictionary of a copy that grows, and a row then costs six times as much.
  const row: Row = {};
  for (const name of Object.keys(fixedColumns)) row[name] = fixedColumns[name];
  for (const name of Object.keys(properties)) {
    if (excluded.has(name)) continue;
    setCell(row, columnOf(name, fixedColumns, properties), properties[name]);
  }
  return row;
}

/** Returns the column of a property in the rows that `makeRow` builds. */
export function columnOf(name: string, fixedColumns: Readonly<Row>, properties: Readonly<Row>): string {
  if (!isArrayIndex(name) && !Object.hasOwn(fixedColumns, name)) return name;
  let column = `property_${name}`;
  while (Object.hasOwn(properties, column)) column = `property_${column}`;
  return column;
}

/** Sets a cell of a row, whatever its column is called. */
export function setCell(row: Row, column: string, value: unknown): void {
  if (column === '__proto__') setOwn(row, column, value);
  else row[column] = value;
}

const NO_NAMES: ReadonlySet<string> = new Set();

const ZERO = 48;
const NINE = 57;

function isArrayIndex(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= ZERO && first <= NINE && String(Number(name) >>> 0) === name;
}

function setOwn(row: Row, name: string, value: unknown): void {
  Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
}

/** True for what can be shown as rows: an array of objects. */
export function isRows(value: unknown): value is Row[] {
  return Array.isArray(value) && value.every(isObject);
}
