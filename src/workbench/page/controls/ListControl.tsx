import { Loader, TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import { formatNames, parseNames } from '../form-model/name-list.js';
import type { ControlProps } from './control-props.js';
import { descriptionAttributes } from './description-attributes.js';
import { useLookup } from './use-lookup.js';

/** Edits a JSON array of names as pills. Suggests names of the project and accepts any other. */
export function ListControl({ control, id, value, onChange, error, disabled, lookup }: ControlProps) {
  const { options, loading, problem, load } = useLookup(lookup);
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState('');
  const names = parseNames(String(value));

  function write(next: string[]) {
    // Splits a pasted JSON array into its names.
    onChange(formatNames(next.flatMap((each) => (each.trim().startsWith('[') ? parseNames(each) : [each]))));
  }

  return (
    <>
      <TagsInput
        id={id}
        value={names}
        data={options.map((option) => option.value)}
        placeholder={names.length === 0 ? control.placeholderText : 'Add another'}
        disabled={disabled}
        error={Boolean(error)}
        splitChars={[]}
        acceptValueOnBlur
        maxDropdownHeight={280}
        limit={100}
        clearable={names.length > 0}
        clearButtonProps={{ 'aria-label': `Clear ${control.label}` }}
        searchValue={typed}
        onSearchChange={setTyped}
        onChange={write}
        openOnFocus={false}
        dropdownOpened={opened && options.length > 0}
        onDropdownOpen={() => setOpened(true)}
        onDropdownClose={() => setOpened(false)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            load();
            setOpened(true);
          }
        }}
        onClick={() => {
          load();
          setOpened(true);
        }}
        onInput={() => {
          load();
          setOpened(true);
        }}
        onBlur={() => setOpened(false)}
        rightSection={loading ? <Loader size="xs" aria-label="Loading" /> : undefined}
        {...descriptionAttributes(control, id, error)}
      />
      {problem && !error && opened && (
        <Text size="xs" c="dimmed" mt={4} role="status">
          {problem}
        </Text>
      )}
    </>
  );
}
