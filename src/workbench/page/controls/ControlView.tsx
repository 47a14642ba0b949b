import { memo } from 'react';
import { ChoiceControl } from './ChoiceControl.js';
import { CodeControl } from './CodeControl.js';
import type { ControlProps } from './control-props.js';
import { DateControl } from './DateControl.js';
import { Field } from './Field.js';
import { ListControl } from './ListControl.js';
import { LookupControl } from './LookupControl.js';
import { SwitchControl } from './SwitchControl.js';
import { TextControl } from './TextControl.js';

/** Renders a control by its `controlType`. For plain text inputs, our `field` hint selects a better one. */
export const ControlView = memo(function ControlView(props: ControlProps) {
  return (
    <Field control={props.control} id={props.id} error={props.error}>
      <Input {...props} />
    </Field>
  );
});

function Input(props: ControlProps) {
  const { control } = props;
  switch (control.controlType) {
    case 'DROP_DOWN':
      return <ChoiceControl {...props} control={control} />;
    case 'SWITCH':
      return <SwitchControl {...props} />;
    case 'QUERY_DYNAMIC_TEXT':
      return <CodeControl {...props} />;
    case 'INPUT_TEXT':
    case 'QUERY_DYNAMIC_INPUT_TEXT':
      return <TextLine {...props} />;
    case 'FORM_TEMPLATE':
      // Has no value; the form shows it by itself.
      return null;
  }
}

function TextLine(props: ControlProps) {
  const { control, lookup } = props;
  if (control.field?.kind === 'date') return <DateControl {...props} />;
  if (control.field?.kind === 'list') return <ListControl {...props} />;
  if (control.field?.lookup && lookup) return <LookupControl {...props} />;
  return <TextControl {...props} />;
}
