import { Loader, Select } from '@mantine/core';
import type { Insertion } from '../../../command/field.js';
import type { ControlProps } from './control-props.js';
import classes from './InsertControl.module.css';
import { canWriteMember, readMember, writeMember } from './json-member.js';
import { useLookup } from './use-lookup.js';

interface InsertControlProps extends ControlProps {
  insertion: Insertion;
  lookup: NonNullable<ControlProps['lookup']>;
}

/** Dropdown below a JSON field. Writes the chosen entry of the project into the JSON. */
export default function InsertControl({ id, value, onChange, disabled, ...props }: InsertControlProps) {
  const { label, path } = props.insertion;
  const { options, loading, problem, load } = useLookup(props.lookup);
  const text = String(value);
  const currentValue = readMember(text, path);
  const writable = canWriteMember(text);
  // A value that is not among the options, such as a typed one, is shown as it appears in the text.
  const isListed = currentValue === '' || options.some((option) => option.value === currentValue);
  return (
    <Select
      className={classes.insert}
      id={`${id}-insert`}
      size="xs"
      label={label}
      data={isListed ? [...options] : [{ label: currentValue, value: currentValue }, ...options]}
      value={currentValue || null}
      placeholder={writable ? 'Any' : 'Fix the JSON first'}
      disabled={disabled || !writable}
      searchable
      clearable
      // Mantine hides this button from the keyboard, but it is the only way to clear the choice.
      clearButtonProps={{ 'aria-label': `Clear ${label}`, 'aria-hidden': false, tabIndex: 0 }}
      openOnFocus={false}
      maxDropdownHeight={280}
      nothingFoundMessage={loading ? 'Loading' : (problem ?? 'No matches')}
      rightSection={loading ? <Loader size="xs" aria-label="Loading" /> : undefined}
      onDropdownOpen={load}
      onChange={(selected) => onChange(writeMember(text, path, selected ?? undefined))}
    />
  );
}
