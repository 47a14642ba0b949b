import { parseJson } from '../json/large-integers.js';
import { withoutTrailingZeros } from './decimal-text.js';

/** What the cells of a column are read as. */
export const COLUMN_TYPES = ['text', 'number', 'boolean', 'json'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** Which sign divides the decimals of a number. */
export type DecimalSign = '.' | ',';

const POINT_NUMBER = /^-?(?:0|[1-9]\d*)?(?:\.\d+)?$/;
const COMMA_NUMBER = /^-?(?:(?:0|[1-9]\d*)(?:,\d+)?|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?)$/;
/** A number of fewer digits is exact whatever they are. */
const EXACT_DIGITS = 15;

/** Looks at every cell of one column, and knows at the end what all of them are. */
export class ColumnProfile {
  cells = 0;
  #pointNumbers = 0;
  #commaNumbers = 0;
  #booleans = 0;
  #json = 0;
  /** Cells with a comma that only makes sense between a number and its decimals. */
  #decimalCommas = 0;
  #grouped = 0;

  add(cell: string): void {
    this.cells += 1;
    const first = cell.charCodeAt(0);
    // Most cells are words, which a look at their first sign tells.
    if (first === 0x2d || first === 0x2e || (first >= 0x30 && first <= 0x39)) {
      if (readNumber(cell, '.') !== undefined) this.#pointNumbers += 1;
      if (readNumber(cell, ',') !== undefined) {
        this.#commaNumbers += 1;
        if (cell.includes(',')) this.#decimalCommas += 1;
        if (cell.includes('.')) this.#grouped += 1;
      }
    } else if (readBoolean(cell) !== undefined) this.#booleans += 1;
    else if ((first === 0x7b || first === 0x5b) && readJson(cell) !== undefined) this.#json += 1;
  }

  /** Whether its numbers are certainly written with a decimal comma. */
  get hasDecimalCommas(): boolean {
    return this.#decimalCommas > 0 && this.#commaNumbers === this.cells;
  }

  /** Whether its numbers are another number with the other decimal sign, such as `1.234`. */
  get isAmbiguous(): boolean {
    return this.#grouped > 0 && this.#decimalCommas === 0 && this.#pointNumbers === this.cells;
  }

  /** Returns the type of the column and the decimal sign of its numbers. */
  type(decimalSign: DecimalSign): { type: ColumnType; decimalSign: DecimalSign } {
    if (this.cells === 0) return { type: 'text', decimalSign };
    if (decimalSign === ',' && this.#commaNumbers === this.cells) return { type: 'number', decimalSign };
    if (this.#pointNumbers === this.cells) return { type: 'number', decimalSign: '.' };
    if (this.#booleans === this.cells) return { type: 'boolean', decimalSign };
    if (this.#json === this.cells) return { type: 'json', decimalSign };
    return { type: 'text', decimalSign };
  }
}

/** Reads a cell as its column has it; `undefined` if it cannot be. */
export function readCell(cell: string, type: ColumnType, decimalSign: DecimalSign): unknown {
  switch (type) {
    case 'number':
      return readNumber(cell, decimalSign) ?? readNumber(cell, '.');
    case 'boolean':
      return readBoolean(cell);
    case 'json':
      return readJson(cell);
    default:
      return cell;
  }
}

/** Reads a number that loses nothing by becoming one: no leading zeros, no more digits than JavaScript keeps. */
function readNumber(cell: string, decimalSign: DecimalSign): number | undefined {
  const text = cell.trim();
  if (!(decimalSign === ',' ? COMMA_NUMBER : POINT_NUMBER).test(text) || !/\d/.test(text)) return undefined;
  const plain = decimalSign === ',' ? text.replaceAll('.', '').replace(',', '.') : text;
  const number = Number(plain);
  if (plain.length <= EXACT_DIGITS) return number;
  const shortest = withoutTrailingZeros(plain.replace(/^-/, '').replace(/^0?\./, '0.'));
  return String(Math.abs(number)) === shortest ? number : undefined;
}

function readBoolean(cell: string): boolean | undefined {
  const text = cell.trim().toLowerCase();
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}

function readJson(cell: string): object | undefined {
  try {
    const value = parseJson(cell) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
