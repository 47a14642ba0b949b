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
  const [values, setValues] = useState(() => {
    const opened = withQuery(manifest, initialValues(editorControls(manifest)), opening);
    return linked ? withQuery(manifest, opened, linked) : opened;
  });
  const { sections, mistakes } = useMemo(() => visibleSections(manifest, values), [manifest, values]);
  const parameters = useMemo(() => toParameters(sections, values), [sections, values]);
  const onChange = useCallback(
    (configProperty: string, value: FormValue) =>
      setValues((previous) => ({ ...previous, [configProperty]: value })),
    [],
  );
  return { values, sections, mistakes, command: selectedCommand(values), parameters, onChange };
}
