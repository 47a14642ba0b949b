import { Loader, MultiSelect, Select } from '@mantine/core';
import { useState } from 'react';
import type { Insertion } from '../../../command/insertion.js';
import { describeLookupCost } from '../../../command/lookup.js';
import type { ControlProps, LookupQuery } from './control-props.js';
import classes from './InsertControl.module.css';
import { canWriteMember, readChosen, writeChosen } from './json-member.js';
import { useLookup } from './use-lookup.js';

interface InsertControlProps extends ControlProps {
  insertion: Insertion;
  lookup: LookupQuery;
}

/** The value of the offer to look the entries up; no entry has it. */
const OFFER = '\0offer';

/** Dropdown below a JSON field. Writes the chosen entries of the project into the JSON. */
export function InsertControl({ id, value, onChange, disabled, ...props }: InsertControlProps) {
  const { label, path, as, lookup } = props.insertion;
  const { options, loading, problem, offer, open, load } = useLookup(props.lookup);
  const [opened, setOpened] = useState(false);
  const text = String(value);
  const chosen = readChosen(text, props.insertion);
  const writable = canWriteMember(text);
  // A value that is not among the options, such as a typed one, is shown as it appears in the text.
  const typed = chosen.filter((each) => !options.some((option) => option.value === each));
  function write(values: readonly string[]) {
    if (!values.includes(OFFER)) return onChange(writeChosen(text, props.insertion, values));
    load();
    // After Mantine has closed it: the entries come into the same dropdown.
    requestAnimationFrame(() => setOpened(true));
  }
  const shared = {
    className: classes.insert,
    id: `${id}-insert-${path.join('-')}`,
    size: 'xs',
    label,
    title: describeLookupCost(lookup),
    data: [
      ...(offer === undefined ? [] : [{ label: offer, value: OFFER }]),
      ...typed.map((each) => ({ label: each, value: each })),
      ...options,
    ],
    placeholder: writable ? (as === 'value' ? 'Any' : '') : 'Fix the JSON first',
    disabled: disabled || !writable,
    searchable: true,
    clearable: true,
    // Mantine hides this button from the keyboard, but it is the only way to clear the choice.
    clearButtonProps: { 'aria-label': `Clear ${label}`, 'aria-hidden': false, tabIndex: 0 },
    openOnFocus: false,
    maxDropdownHeight: 280,
    nothingFoundMessage: loading ? 'Loading' : (problem ?? 'No matches'),
    rightSection: loading ? <Loader size="xs" aria-label="Loading" /> : undefined,
    dropdownOpened: opened,
    onDropdownOpen: () => {
      open();
      setOpened(true);
    },
    onDropdownClose: () => setOpened(false),
  };
  return as === 'list' ? (
    <MultiSelect {...shared} value={chosen} onChange={write} />
  ) : (
    <Select
      {...shared}
      value={chosen[0] ?? null}
      onChange={(selected) => write(selected === null ? [] : [selected])}
    />
  );
}
