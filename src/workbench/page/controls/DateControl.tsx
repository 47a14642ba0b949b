import { ActionIcon, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { isDay } from '../../../time/day.js';
import { CalendarIcon } from '../ui/icons.js';
import type { ControlProps } from './control-props.js';
import classes from './DateControl.module.css';
import { descriptionAttributes } from './description-attributes.js';

interface DateControlProps extends ControlProps {
  /** The day the text means, on which the calendar opens. */
  day?: string;
}

/** Text for a day or a relative date, with the browser's own calendar, which is localized. */
export function DateControl({ control, id, value, onChange, error, disabled, day }: DateControlProps) {
  const calendar = useRef<HTMLInputElement>(null);
  const text = String(value);
  return (
    <TextInput
      id={id}
      value={text}
      placeholder="Such as yesterday"
      disabled={disabled}
      error={Boolean(error)}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={
        <>
          <ActionIcon
            variant="transparent"
            color="gray"
            size="sm"
            tabIndex={-1}
            disabled={disabled}
            aria-label={`Calendar for ${control.label}`}
            onClick={() => calendar.current?.showPicker?.()}
          >
            <CalendarIcon />
          </ActionIcon>
          <input
            ref={calendar}
            type="date"
            className={classes.calendar}
            tabIndex={-1}
            aria-hidden="true"
            value={isDay(text) ? text : (day ?? '')}
            onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
          />
        </>
      }
      {...descriptionAttributes(control, id, error)}
    />
  );
}
