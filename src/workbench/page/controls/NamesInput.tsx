import { Loader, TagsInput, Text } from '@mantine/core';
import { type ComponentProps, useState } from 'react';
import { parseNames } from '../form-model/name-list.js';
import type { LookupQuery } from './control-props.js';
import { filterOptions, MAX_SHOWN_OPTIONS } from './lookup-options.js';
import { useLookup } from './use-lookup.js';

interface NamesInputProps
  extends Pick<
    ComponentProps<typeof TagsInput>,
    'id' | 'placeholder' | 'disabled' | 'error' | 'size' | 'label'
  > {
  names: readonly string[];
  onChange(names: string[]): void;
  /** Names the list for its Clear button. */
  what: string;
  lookup: LookupQuery | undefined;
}

/** Edits names as pills. Suggests names of the project and accepts any other. */
export function NamesInput({ names, onChange, what, lookup, placeholder, error, ...props }: NamesInputProps) {
  const { options, loading, problem, offer, open: askForOptions, load } = useLookup(lookup);
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState('');
  const found = filterOptions(
    options.filter(({ value }) => !names.includes(value)),
    typed,
  ).slice(0, MAX_SHOWN_OPTIONS);

  function write(next: string[]) {
    if (offer !== undefined && next.includes(offer)) return;
    // Splits a pasted JSON array into its names.
    onChange(next.flatMap((each) => (each.trim().startsWith('[') ? parseNames(each) : [each])));
  }

  function open() {
    askForOptions();
    setOpened(true);
  }

  return (
    <>
      <TagsInput
        {...props}
        value={[...names]}
        data={offer === undefined ? found.map(({ value }) => value) : [offer]}
        placeholder={names.length === 0 ? placeholder : 'Add another'}
        error={error}
        splitChars={[]}
        acceptValueOnBlur
        maxDropdownHeight={280}
        filter={({ options: all }) => all}
        clearable={names.length > 0}
        clearButtonProps={{ 'aria-label': `Clear ${what}` }}
        searchValue={typed}
        onSearchChange={setTyped}
        onChange={write}
        openOnFocus={false}
        dropdownOpened={opened && (offer !== undefined || found.length > 0)}
        onDropdownOpen={() => setOpened(true)}
        onDropdownClose={() => setOpened(false)}
        onOptionSubmit={(chosen) => {
          if (chosen !== offer) return;
          load();
          // After Mantine has closed it: the entries come into the same dropdown.
          requestAnimationFrame(() => setOpened(true));
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') open();
        }}
        onClick={open}
        onInput={open}
        onBlur={() => setOpened(false)}
        rightSection={loading ? <Loader size="xs" aria-label="Loading" /> : undefined}
      />
      {problem && !error && opened && (
        <Text size="xs" c="dimmed" mt={4} role="status">
          {problem}
        </Text>
      )}
    </>
  );
}
