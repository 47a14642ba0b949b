import { Switch } from '@mantine/core';
import type { ControlProps } from './control-props.js';
import { errorAttributes } from './error-attributes.js';

/** Renders `SWITCH`. */
export function SwitchControl({ id, value, onChange, error, disabled }: ControlProps) {
  return (
    <Switch
      id={id}
      checked={value === true}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
      {...errorAttributes(id, error)}
    />
  );
}
