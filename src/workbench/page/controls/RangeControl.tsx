import { Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import { MINUTE_MS } from '../../../time/durations.js';
import { createZone, isZone } from '../../../time/zone.js';
import type { TimeZoneResponse } from '../../wire.js';
import { DATE_PRESETS, describeDays, findPreset, resolveRange } from '../form-model/date-range.js';
import { DateControl } from './DateControl.js';
import { Field } from './Field.js';
import classes from './RangeControl.module.css';

interface RangeControlProps {
  id: string;
  from: RangeEnd;
  to: RangeEnd;
  /** The project's time zone; undefined while it is not known. */
  zone: TimeZoneResponse | undefined;
}

interface RangeEnd {
  control: Control;
  id: string;
  value: string;
  /** What the server found wrong; a sentence. */
  error?: string;
  disabled?: boolean;
  onChange(value: string): void;
}

const CUSTOM = 'custom';

/** One control for a range of days: presets, and a text for each end, which may be relative. */
export function RangeControl({ id, from, to, zone }: RangeControlProps) {
  const now = useMinute();
  const zoneName = zone && isZone(zone.timezone) ? zone.timezone : 'UTC';
  const range = { from: from.value, to: to.value };
  const resolved = resolveRange(range, { now, zone: createZone(zoneName) });
  const preset = findPreset(range);

  function choose(label: string) {
    const chosen = DATE_PRESETS.find((each) => each.label === label);
    if (chosen) {
      from.onChange(chosen.from);
      to.onChange(chosen.to);
      return;
    }
    // Custom begins with the days that are shown.
    if (resolved.from !== undefined) from.onChange(resolved.from);
    if (resolved.to !== undefined) to.onChange(resolved.to);
    requestAnimationFrame(() => document.getElementById(from.id)?.focus());
  }

  const problem = resolved.problems.from ?? resolved.problems.to;
  const hasServerError = Boolean(from.error ?? to.error);
  return (
    <fieldset className={classes.range}>
      <legend className={classes.legend}>Dates</legend>
      <Select
        id={id}
        aria-label="Range of dates"
        data={[...DATE_PRESETS.map(({ label }) => label), { value: CUSTOM, label: 'Custom' }]}
        value={preset?.label ?? CUSTOM}
        allowDeselect={false}
        disabled={from.disabled}
        maxDropdownHeight={360}
        onChange={(label) => label !== null && choose(label)}
      />
      <div className={classes.ends}>
        {[from, to].map((end, index) => (
          <Field
            key={end.id}
            control={rangeEnd(end.control, index === 0 ? 'From' : 'To')}
            id={end.id}
            error={end.error}
          >
            <DateControl
              control={rangeEnd(end.control, index === 0 ? 'From' : 'To')}
              id={end.id}
              value={end.value}
              day={index === 0 ? resolved.from : resolved.to}
              error={end.error}
              disabled={end.disabled}
              onChange={(value) => end.onChange(String(value))}
            />
          </Field>
        ))}
      </div>
      {problem !== undefined && !hasServerError ? (
        <div className={classes.days} data-problem role="status">
          {problem}
        </div>
      ) : (
        resolved.from !== undefined &&
        resolved.to !== undefined &&
        problem === undefined && (
          <div className={classes.days} role="status">
            {describeDays(resolved.from, resolved.to)} · {describeZone(from.control, zone)}
          </div>
        )
      )}
    </fieldset>
  );
}

/** Which days they are, in the words of the command. Mixpanel's export has days of its own for some projects. */
function describeZone({ subtitle = '' }: Control, zone: TimeZoneResponse | undefined): string {
  const words = subtitle.replace(/^[^,]*, /, '') || "in the project's time zone";
  if (zone === undefined) return words;
  if (zone.unknownBecause) return `in UTC, since ${zone.unknownBecause}`;
  return words.includes('UTC')
    ? `${words} (${zone.timezone})`
    : `in ${zone.timezone}, the project's time zone`;
}

/** A date field as one end of a range: named after its end, with help that fits. */
function rangeEnd(control: Control, label: string): Control {
  return {
    ...control,
    label,
    subtitle: undefined,
    tooltipText: `The ${label === 'From' ? 'first' : 'last'} day, included: a day such as 2025-10-01, or a relative date such as yesterday, -30d, 7 days ago or last month.`,
  };
}

/** Returns the time, anew each minute, so that today is today on a page that stays open. */
function useMinute(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
