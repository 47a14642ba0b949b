import { TextInput } from '@mantine/core';
import type { ControlProps } from './control-props.js';
import { errorAttributes } from './error-attributes.js';

/** Date input with the browser's own picker, which is localized and works by keyboard. */
export function DateControl({ id, value, onChange, error, disabled }: ControlProps) {
  return (
    <TextInput
      id={id}
      type="date"
      value={String(value)}
      disabled={disabled}
      error={Boolean(error)}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...errorAttributes(id, error)}
    />
  );
}
