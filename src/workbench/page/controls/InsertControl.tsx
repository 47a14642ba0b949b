import { Loader, Select } from '@mantine/core';
import type { Insertion } from '../../../command/field.js';
import type { ControlProps } from './control-props.js';
import classes from './InsertControl.module.css';
import { memberAt, takesMembers, withMember } from './json-member.js';
import { useLookup } from './use-lookup.js';

interface InsertControlProps extends ControlProps {
  insertion: Insertion;
  lookUp: NonNullable<ControlProps['lookUp']>;
}

/** A dropdown below a text of JSON: what the project holds can be chosen, and is written into the text. */
export default function InsertControl({ id, value, onChange, disabled, ...props }: InsertControlProps) {
  const { label, path } = props.insertion;
  const { options, loading, problem, load } = useLookup(props.lookUp);
  const text = String(value);
  const written = memberAt(text, path);
  const takes = takesMembers(text);
  // A value that was typed, or chosen before this page knew its name, is shown as it stands in the text.
  const known = written === '' || options.some((option) => option.value === written);
  return (
    <Select
      className={classes.insert}
      id={`${id}-insert`}
      size="xs"
      label={label}
      data={known ? [...options] : [{ label: written, value: written }, ...options]}
      value={written || null}
      placeholder={takes ? 'Any' : 'Once the JSON is right'}
      disabled={disabled || !takes}
      searchable
      clearable
      // Mantine hides it from the keyboard, where nothing else takes the choice back.
      clearButtonProps={{ 'aria-label': `Clear ${label}`, 'aria-hidden': false, tabIndex: 0 }}
      openOnFocus={false}
      maxDropdownHeight={280}
      nothingFoundMessage={loading ? 'Looking up' : (problem ?? 'Nothing by that name')}
      rightSection={loading ? <Loader size="xs" aria-label="Looking up" /> : undefined}
      onDropdownOpen={load}
      onChange={(chosen) => onChange(withMember(text, path, chosen ?? undefined))}
    />
  );
}
