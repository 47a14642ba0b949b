import CodeEditor from './CodeEditor.js';
import type { ControlProps, FilterCompletions } from './control-props.js';
import { FilterMember } from './FilterMember.js';
import { InsertControl } from './InsertControl.js';

/** Editor for a filter or for JSON, with controls for those members of the JSON that look-ups can fill in. */
export default function FieldEditor(props: ControlProps) {
  const { field } = props.control;
  const { lookUp } = props;
  const completes = field?.completes;
  const completions: FilterCompletions | undefined = lookUp &&
    completes && {
      properties: lookUp(completes.properties),
      values: (propertyName) => lookUp(completes.values, { propertyName }),
    };
  if (field?.kind === 'expression') {
    return <CodeEditor {...props} language="expression" completions={completions} />;
  }
  return (
    <>
      <CodeEditor {...props} language="json" />
      {completions && <FilterMember {...props} completions={completions} />}
      {lookUp &&
        field?.inserts?.map((insertion) => (
          <InsertControl
            key={insertion.path.join('.')}
            {...props}
            insertion={insertion}
            lookup={lookUp(insertion.lookup)}
          />
        ))}
    </>
  );
}
