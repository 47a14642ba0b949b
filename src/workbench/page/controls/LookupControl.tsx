import { ActionIcon, Autocomplete, Loader, Text } from '@mantine/core';
import { useState } from 'react';
import { ChevronIcon } from '../ui/icons.js';
import type { ControlProps } from './control-props.js';
import { descriptionAttributes } from './description-attributes.js';
import { useLookup } from './use-lookup.js';

/** Text input that suggests entries of the project and accepts any other text. */
export function LookupControl({ control, id, value, onChange, error, disabled, lookup }: ControlProps) {
  const { options, loading, problem, load } = useLookup(lookup);
  const [opened, setOpened] = useState(false);
  const labels = new Map(options.map((option) => [option.value, option.label]));
  const typed = String(value).toLowerCase();
  const open = () => {
    load();
    setOpened(true);
  };
  return (
    <>
      <Autocomplete
        id={id}
        value={String(value)}
        data={[...labels.keys()]}
        placeholder={control.placeholderText}
        disabled={disabled}
        error={Boolean(error)}
        dropdownOpened={opened && options.length > 0}
        openOnFocus={false}
        maxDropdownHeight={280}
        limit={100}
        autoComplete="off"
        spellCheck={false}
        onChange={onChange}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') open();
          if (event.key === 'Escape') setOpened(false);
        }}
        onDropdownClose={() => setOpened(false)}
        onOptionSubmit={() => setOpened(false)}
        onBlur={() => setOpened(false)}
        onInput={open}
        // A chosen value does not filter the list, so that the other entries can be seen.
        filter={({ options: entries, limit }) =>
          entries
            .filter(
              (entry) =>
                labels.has(String(value)) ||
                ('value' in entry &&
                  `${entry.value} ${labels.get(String(entry.value))}`.toLowerCase().includes(typed)),
            )
            .slice(0, limit)
        }
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
    </>
  );
}
