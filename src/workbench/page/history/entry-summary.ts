import type { Control, Manifest } from '../../../hosts/appsmith/manifest/schema.js';
import { MINUTE_MS, SECOND_MS } from '../../../time/durations.js';
import { findPreset } from '../form-model/date-range.js';
import { layOut } from '../form-model/form-layout.js';
import { parseNames } from '../form-model/name-list.js';
import type { HistoryEntry } from './run-history.js';

/** Returns what an entry asked, in one line: `Signup, Purchase · Unique users · Week · Last 30 days`. */
export function summarizeEntry(manifest: Manifest, { command, parameters }: HistoryEntry): string {
  const section = manifest.actionUiConfig.editor.find(({ identifier }) => identifier === command);
  if (!section) return '';
  return layOut(section, { hasDefaultProject: true })
    .everyday.map((item) =>
      item.type === 'range'
        ? summarizeRange(parameters.fromDate ?? '', parameters.toDate ?? '')
        : summarizeValue(item.control, parameters[item.control.field?.key ?? ''] ?? ''),
    )
    .filter(Boolean)
    .join(' · ');
}

function summarizeRange(from: string, to: string): string {
  return findPreset({ from, to })?.label ?? [from, to].filter(Boolean).join(' – ');
}

function summarizeValue(control: Control, value: string): string {
  if (control.controlType === 'DROP_DOWN') {
    return control.options.find((option) => option.value === value)?.label ?? value;
  }
  if (value === '' || value === control.field?.default) return '';
  // A number alone says nothing.
  if (/^\d+$/.test(value)) return `${control.label} ${value}`;
  if (control.field?.kind === 'list') return parseNames(value).join(', ');
  return value.replace(/\s+/g, ' ');
}

/** Returns what became of a run: `120 rows`, `failed`. */
export function summarizeOutcome({ outcome, rows }: HistoryEntry): string | undefined {
  switch (outcome) {
    case 'failed':
      return 'failed';
    case 'file':
      return 'saved to a file';
    default:
      return rows === undefined
        ? undefined
        : `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
  }
}

/** Returns whether the query is likely to cost nothing now: the server keeps its result until then. */
export function isFree({ freeUntil = 0, outcome }: HistoryEntry, now: number): boolean {
  return outcome === 'read' && freeUntil > now;
}

const UNITS = [
  ['day', 24 * 60],
  ['hour', 60],
  ['minute', 1],
] as const;

const relativeTime = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' });

/** Returns how long ago a time is: `5 minutes ago`. */
export function formatAgo(at: number, now: number): string {
  const minutes = Math.floor((now - at) / MINUTE_MS);
  const [unit, length] = UNITS.find(([, each]) => minutes >= each) ?? [];
  if (unit === undefined || length === undefined)
    return now - at < 10 * SECOND_MS ? 'just now' : 'less than a minute ago';
  return relativeTime.format(-Math.floor(minutes / length), unit);
}
