import { formatNames, parseNames } from '../form-model/name-list.js';
import type { ControlProps } from './control-props.js';
import { descriptionAttributes } from './description-attributes.js';
import { NamesInput } from './NamesInput.js';

/** Edits a JSON array of names as pills. */
export function ListControl({ control, id, value, onChange, error, disabled, lookup }: ControlProps) {
  return (
    <NamesInput
      id={id}
      names={parseNames(String(value))}
      onChange={(names) => onChange(formatNames(names))}
      what={control.label}
      placeholder={control.placeholderText}
      disabled={disabled}
      error={Boolean(error)}
      lookup={lookup}
      {...descriptionAttributes(control, id, error)}
    />
  );
}
