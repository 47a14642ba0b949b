import { Select, Text } from '@mantine/core';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import type { ControlProps } from './control-props.js';
import { descriptionAttributes } from './description-attributes.js';

type DropDown = Extract<Control, { controlType: 'DROP_DOWN' }>;

/** Renders `DROP_DOWN`. */
export function ChoiceControl({ control, id, value, onChange, error, disabled }: ControlProps<DropDown>) {
  const descriptions = new Map(control.options.map((option) => [option.value, option.subText]));
  return (
    <Select
      id={id}
      data={control.options.map(({ label, value }) => ({ label, value }))}
      value={String(value)}
      placeholder={control.placeholderText}
      searchable={control.isSearchable ?? false}
      allowDeselect={false}
      disabled={disabled}
      error={Boolean(error)}
      maxDropdownHeight={420}
      nothingFoundMessage="No matches"
      onChange={(selected) => selected !== null && onChange(selected)}
      renderOption={({ option }) => (
        <div>
          <Text size="sm" fw={descriptions.get(option.value) ? 500 : 400}>
            {option.label}
          </Text>
          {descriptions.get(option.value) && (
            <Text size="xs" c="dimmed" lh={1.35}>
              {descriptions.get(option.value)}
            </Text>
          )}
        </div>
      )}
      {...descriptionAttributes(control, id, error)}
    />
  );
}
