import { isObject } from '../../json/object.js';
import type { DatesMeta } from '../../result/query-result.js';
import type { Row } from '../../result/rows.js';
import { DAY_MS, HOUR_MS } from '../../time/durations.js';
import { funnelRows, isFunnel } from './funnel.js';
import type { Report } from './report-answer.js';
import { isRetention, retentionRows } from './retention.js';
import { valueRows } from './values.js';

/** Returns the rows of a report, whose kind is detected by its shape. `totals` includes total rows. */
export function reportRows(report: Report, { totals }: { totals: boolean }): Row[] {
  const rows = rowsOfKind(report);
  if (totals) return rows;
  return rows.flatMap(({ total, ...row }) => (total === true ? [] : [row]));
}

function rowsOfKind(report: Report): Row[] {
  if (isRetention(report)) return retentionRows(report);
  return isFunnel(report) ? funnelRows(report) : valueRows(report);
}

/** Returns the fraction of the data a sampled report was computed from, or `undefined` if it was not sampled. */
export function samplingFactor(meta: Report['meta']): number | undefined {
  const factor = meta?.min_sampling_factor;
  return typeof factor === 'number' && factor < 1 ? factor : undefined;
}

/** Returns the days that a report covers, or `undefined` if its answer does not say. */
export function reportDates(range: unknown): DatesMeta | undefined {
  if (!isObject(range)) return undefined;
  const { from_date: from, to_date: to } = range;
  if (typeof from !== 'string' || typeof to !== 'string') return undefined;
  return { from: from.slice(0, DAY_CHARACTERS), to: to.slice(0, DAY_CHARACTERS) };
}

const DAY_CHARACTERS = 'yyyy-mm-dd'.length;

/** Returns notices: truncated, sampled, outdated, compared with which period. `now` is in epoch milliseconds. */
export function reportMessages(
  { meta, computed_at, date_range, time_comparison }: Report,
  now: number,
): string[] {
  const messages: string[] = [];
  if (meta?.is_segmentation_limit_hit === true) {
    messages.push(
      'This report is truncated: its breakdown has more segments than Mixpanel returns. Filter the report in Mixpanel, or use fewer breakdowns.',
    );
  }
  const factor = samplingFactor(meta);
  if (factor !== undefined) {
    messages.push(
      `Mixpanel computed this report from a sample of ${Number((factor * 100).toPrecision(2))} %: its numbers are estimates. Turn sampling off in Mixpanel for exact ones.`,
    );
  }
  const age = typeof computed_at === 'string' ? now - Date.parse(computed_at) : Number.NaN;
  if (age >= HOUR_MS) {
    const days = reportDates(date_range);
    const covered = days ? `, for ${days.from} to ${days.to}` : '';
    messages.push(
      `Mixpanel computed this report ${ageInWords(age)} ago (${computed_at})${covered}. Refresh it in Mixpanel for newer numbers.`,
    );
  }
  if (time_comparison) {
    const days = reportDates(time_comparison.date_range);
    const period = days ? ` of ${days.from} to ${days.to}` : '';
    messages.push(`The column previous holds the earlier period${period}, aligned by position.`);
  }
  return messages;
}

function ageInWords(age: number): string {
  const [number, unit] = age < 2 * DAY_MS ? [age / HOUR_MS, 'hour'] : [age / DAY_MS, 'day'];
  const whole = Math.floor(number);
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}
