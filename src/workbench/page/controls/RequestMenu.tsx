import { Select, Text } from '@mantine/core';
import type { ExamplesTemplate } from '../form-model/form-layout.js';
import type { FormValue, FormValues } from '../form-model/form-values.js';
import { findFilledRequest, listRequests } from '../form-model/request-list.js';

interface RequestMenuProps {
  groups: readonly ExamplesTemplate[];
  values: FormValues;
  onChange(configProperty: string, value: FormValue): void;
}

/** Menu of requests by name, by group; each fills in the form. Shows the one that the form has now. */
export function RequestMenu({ groups, values, onChange }: RequestMenuProps) {
  const requests = listRequests(groups);
  const fill = (id: string | null) => {
    const found = requests.flatMap(({ items }) => items).find((each) => each.value === id);
    for (const [path, value] of Object.entries(found?.fills ?? {})) onChange(path, value);
  };
  return (
    <Select
      label="Request"
      description="A request of the Mixpanel API that fills in the form and has rows of its own"
      placeholder="Choose, or write your own below"
      data={requests.map(({ group, items }) => ({
        group,
        items: items.map(({ value, label }) => ({ value, label })),
      }))}
      value={findFilledRequest(requests, values) ?? null}
      onChange={fill}
      searchable
      allowDeselect={false}
      openOnFocus={false}
      maxDropdownHeight={360}
      nothingFoundMessage="No matches"
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {requests.flatMap(({ items }) => items).find(({ value }) => value === option.value)?.description}
          </Text>
        </div>
      )}
    />
  );
}
