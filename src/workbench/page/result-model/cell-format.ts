import { cellText } from './result-rows.js';

/** How a cell is shown. */
export interface ShownCell {
  text: string;
  /** What the text stands for, if it is not the value itself. */
  kind?: 'null' | 'time';
}

const TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Returns a value as a person reads it: a time without its T, null by name. The copied value is the original. */
export function showCell(value: unknown): ShownCell {
  if (value === null) return { text: 'null', kind: 'null' };
  const [, day, clock, fraction = '', offset = ''] = (typeof value === 'string' && TIME.exec(value)) || [];
  if (day === undefined) return { text: cellText(value) };
  const shownFraction = /[1-9]/.test(fraction) ? fraction : '';
  const zone = offset === 'Z' ? ' UTC' : offset && ` ${offset}`;
  return { text: `${day} ${clock}${shownFraction}${zone}`, kind: 'time' };
}
