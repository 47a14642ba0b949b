import { ActionIcon, Autocomplete, Loader, Text } from '@mantine/core';
import { useState } from 'react';
import { ChevronIcon } from '../ui/icons.js';
import type { ControlProps } from './control-props.js';
import { descriptionAttributes } from './description-attributes.js';
import { filterOptions, MAX_SHOWN_OPTIONS } from './lookup-options.js';
import { useLookup } from './use-lookup.js';

/** Text input that suggests entries of the project and accepts any other text. */
export function LookupControl({ control, id, value, onChange, error, disabled, lookup }: ControlProps) {
  const { options, loading, problem, offer, open: askForOptions, load } = useLookup(lookup);
  const [opened, setOpened] = useState(false);
  const text = String(value);
  const labels = new Map(options.map((option) => [option.value, option.label]));
  // A chosen value does not filter the list, so that the other entries can be seen.
  const found = filterOptions(options, labels.has(text) ? '' : text);
  const shown = found.slice(0, MAX_SHOWN_OPTIONS);
  const open = () => {
    askForOptions();
    setOpened(true);
  };
  // After Mantine has closed it: the entries come into the same dropdown.
  const reopen = () => requestAnimationFrame(() => setOpened(true));
  return (
    <>
      <Autocomplete
        id={id}
        value={text}
        data={offer === undefined ? shown.map((option) => option.value) : [offer]}
        placeholder={control.placeholderText}
        disabled={disabled}
        error={Boolean(error)}
        dropdownOpened={opened && (offer !== undefined || shown.length > 0)}
        openOnFocus={false}
        maxDropdownHeight={280}
        autoComplete="off"
        spellCheck={false}
        onChange={(next) => next !== offer && onChange(next)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') open();
          if (event.key === 'Escape') setOpened(false);
        }}
        onDropdownClose={() => setOpened(false)}
        onOptionSubmit={(chosen) => {
          if (chosen !== offer) return setOpened(false);
          load();
          reopen();
        }}
        onClick={open}
        onBlur={() => setOpened(false)}
        onInput={open}
        filter={({ options: all }) => all}
        renderOption={({ option }) => <Text size="sm">{labels.get(option.value) ?? option.value}</Text>}
        rightSection={
          loading ? (
            <Loader size="xs" aria-label="Loading" />
          ) : (
            <ActionIcon
              variant="transparent"
              color="gray"
              size="sm"
              tabIndex={-1}
              disabled={disabled}
              aria-label={`Look up ${control.label}`}
              onMouseDown={(event) => {
                event.preventDefault();
                document.getElementById(id)?.focus();
                if (opened) setOpened(false);
                else open();
              }}
            >
              <ChevronIcon />
            </ActionIcon>
          )
        }
        {...descriptionAttributes(control, id, error)}
      />
      {problem && !error && opened && (
        <Text size="xs" c="dimmed" mt={4} role="status">
          {problem}
        </Text>
      )}
      {opened && found.length > shown.length && (
        <Text size="xs" c="dimmed" mt={4} role="status">
          {shown.length} of {found.length.toLocaleString('en-US')} shown. Type to search.
        </Text>
      )}
    </>
  );
}
