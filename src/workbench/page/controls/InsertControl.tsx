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

/** A dropdown below a text of JSON: what the project holds can be chosen, and is written into the text. */
export default function InsertControl({ id, value, onChange, disabled, ...props }: InsertControlProps) {
  const { label, path } = props.insertion;
  const { options, loading, problem, load } = useLookup(props.lookup);
  const text = String(value);
  const currentValue = readMember(text, path);
  const writable = canWriteMember(text);
  // A value that was typed, or chosen before this page knew its name, is shown as it stands in the text.
  const isListed = currentValue === '' || options.some((option) => option.value === currentValue);
  return (
    <Select
      className={classes.insert}
      id={`${id}-insert`}
      size="xs"
      label={label}
      data={isListed ? [...options] : [{ label: currentValue, value: currentValue }, ...options]}
      value={currentValue || null}
      placeholder={writable ? 'Any' : 'Once the JSON is right'}
      disabled={disabled || !writable}
      searchable
      clearable
      // Mantine hides it from the keyboard, where nothing else takes the choice back.
      clearButtonProps={{ 'aria-label': `Clear ${label}`, 'aria-hidden': false, tabIndex: 0 }}
      openOnFocus={false}
      maxDropdownHeight={280}
      nothingFoundMessage={loading ? 'Looking up' : (problem ?? 'Nothing by that name')}
      rightSection={loading ? <Loader size="xs" aria-label="Looking up" /> : undefined}
      onDropdownOpen={load}
      onChange={(selected) => onChange(writeMember(text, path, selected ?? undefined))}
    />
  );
}
