import { PasswordInput, TextInput } from '@mantine/core';
import type { ControlProps } from './control-props.js';
import { descriptionAttributes } from './description-attributes.js';

/** Renders one line of text: `INPUT_TEXT`, and `QUERY_DYNAMIC_INPUT_TEXT` if no better control fits its field. */
export function TextControl({ control, id, value, onChange, error, disabled }: ControlProps) {
  const common = {
    id,
    value: String(value),
    placeholder: control.placeholderText,
    disabled,
    error: Boolean(error),
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
    ...descriptionAttributes(control, id, error),
  };
  if (control.controlType === 'INPUT_TEXT' && control.dataType === 'PASSWORD') {
    return (
      <PasswordInput
        {...common}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': `Show or hide ${control.label}` }}
      />
    );
  }
  const isNumber =
    control.field?.kind === 'integer' ||
    (control.controlType === 'INPUT_TEXT' && control.dataType === 'NUMBER');
  return (
    <TextInput {...common} inputMode={isNumber ? 'numeric' : 'text'} spellCheck={false} autoComplete="off" />
  );
}
