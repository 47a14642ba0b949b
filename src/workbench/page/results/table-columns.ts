import type { Row } from '../../../result/rows.js';
import { cellText } from '../result-model/result-rows.js';

const SAMPLE_ROWS = 100;
const CHARACTER_PIXELS = 8;
const PADDING_PIXELS = 32;
export const MIN_WIDTH_PIXELS = 70;
const MAX_WIDTH_PIXELS = 320;

/** Returns a width in pixels that fits most of a column's values. */
export function columnWidth(rows: readonly Row[], name: string): number {
  const lengths = rows.slice(0, SAMPLE_ROWS).map((row) => cellText(row[name]).length);
  const width = Math.max(name.length + 2, ...lengths) * CHARACTER_PIXELS + PADDING_PIXELS;
  return Math.min(MAX_WIDTH_PIXELS, Math.max(MIN_WIDTH_PIXELS, width));
}

export function isNumeric(rows: readonly Row[], name: string): boolean {
  const values = rows.slice(0, SAMPLE_ROWS).map((row) => row[name]);
  return values.some((value) => typeof value === 'number') && values.every(isNumberOrMissing);
}

function isNumberOrMissing(value: unknown): boolean {
  return typeof value === 'number' || value === null || value === undefined;
}
