import { Switch } from '@mantine/core';
import type { ControlProps } from './control-props.js';
import { descriptionAttributes } from './description-attributes.js';

/** Renders `SWITCH`. */
export function SwitchControl({ control, id, value, onChange, error, disabled }: ControlProps) {
  return (
    <Switch
      id={id}
      checked={value === true}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
      {...descriptionAttributes(control, id, error)}
    />
  );
}
