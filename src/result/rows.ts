import { isObject } from '../json/object.js';

/** One row of a result: flat, fixed columns first. */
export type Row = Record<string, unknown>;

/**
 * Builds a row: the fixed columns, then each property under its own name, with unchanged values.
 *
 * Adds the prefix `property_` to the name of a fixed column (a property called `event`) and to whole numbers (`42`),
 * which JavaScript would list before all other columns. A property called `__proto__` becomes an own property, as in
 * `JSON.parse`.
 */
export function makeRow(
  fixedColumns: Row,
  properties: Readonly<Row> = {},
  excluded: ReadonlySet<string> = NO_NAMES,
): Row {
  // Not `{ ...fixed }`: V8 turns a growing copy into a slow dictionary, which makes a row six times as expensive.
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

/** Type guard for rows: an array of objects. */
export function isRows(value: unknown): value is Row[] {
  return Array.isArray(value) && value.every(isObject);
}
