import { useCallback, useMemo, useState } from 'react';
import type { StartResponse } from '../../wire.js';
import type { LinkedQuery } from '../browser/query-link.js';
import {
  editorControls,
  type FormValue,
  initialValues,
  selectedCommand,
  toParameters,
  visibleSections,
  withQuery,
} from '../form-model/form-values.js';

/** Holds the form's values and derives the query from them. */
export function useQueryForm({ manifest, opening }: StartResponse, linked: LinkedQuery | undefined) {
  const [initial] = useState(() => {
    const empty = initialValues(editorControls(manifest));
    // A link says all that is not as in a new form: what it leaves out is not filled in from the opening query.
    return withQuery(manifest, empty, linked ?? opening);
  });
  const [values, setValues] = useState(initial);
  const { sections, mistakes } = useMemo(() => visibleSections(manifest, values), [manifest, values]);
  const parameters = useMemo(() => toParameters(sections, values), [sections, values]);
  const onChange = useCallback(
    (configProperty: string, value: FormValue) =>
      setValues((previous) => ({ ...previous, [configProperty]: value })),
    [],
  );
  /** Shows a query in place of the one in the form. Returns what it will send. */
  const show = useCallback(
    (query: LinkedQuery) => {
      const shown = withQuery(manifest, initialValues(editorControls(manifest)), query);
      setValues(shown);
      return toParameters(visibleSections(manifest, shown).sections, shown);
    },
    [manifest],
  );
  const isTouched = values !== initial;
  return {
    values,
    sections,
    mistakes,
    command: selectedCommand(values),
    parameters,
    isTouched,
    onChange,
    show,
  };
}
