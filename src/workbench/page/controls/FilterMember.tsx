import { Input } from '@mantine/core';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import CodeEditor from './CodeEditor.js';
import type { ControlProps, FilterCompletions } from './control-props.js';
import classes from './FilterMember.module.css';
import { canWriteMember, readText, writeValue } from './json-member.js';

/** The member that holds a filter, see `FieldMeta.completes`. */
const MEMBER = 'where';

/** A filter below a JSON field, written into its object: in the JSON itself, each of its quotes has to be escaped. */
export function FilterMember({
  control,
  id,
  value,
  onChange,
  disabled,
  completions,
}: ControlProps & { completions: FilterCompletions }) {
  const text = String(value);
  const shown = readText(text, MEMBER);
  return (
    <div className={classes.member}>
      <Input.Label size="xs" htmlFor={`${id}-${MEMBER}`}>
        Filter
      </Input.Label>
      <CodeEditor
        control={toFilterControl(control)}
        id={`${id}-${MEMBER}`}
        value={shown}
        onChange={(typed) => {
          const filter = String(typed);
          // Not when the editor only follows the JSON.
          if (filter !== shown) onChange(writeValue(text, MEMBER, filter.trim() === '' ? undefined : filter));
        }}
        disabled={disabled || !canWriteMember(text)}
        language="expression"
        completions={completions}
      />
    </div>
  );
}

function toFilterControl(control: Control): Control {
  return {
    ...control,
    label: 'Filter',
    tooltipText: undefined,
    placeholderText: 'Such as properties["$city"] == "Berlin"',
  };
}
