import { useCallback, useMemo, useState } from 'react';
import type { StartAnswer } from '../../wire.js';
import type { LinkedQuery } from '../browser/query-link.js';
import {
  commandOf,
  editorControls,
  type FormValue,
  initialValues,
  parametersOf,
  shownSections,
  withQuery,
} from '../form-model/form-values.js';

/** What the form holds, and the query that makes. */
export function useQueryForm({ manifest, opening }: StartAnswer, linked: LinkedQuery | undefined) {
  const [values, setValues] = useState(() => {
    const opened = withQuery(initialValues(editorControls(manifest)), opening);
    return linked ? withQuery(opened, linked) : opened;
  });
  const { sections, mistakes } = useMemo(() => shownSections(manifest, values), [manifest, values]);
  const parameters = useMemo(() => parametersOf(sections, values), [sections, values]);
  const onChange = useCallback(
    (configProperty: string, value: FormValue) =>
      setValues((known) => ({ ...known, [configProperty]: value })),
    [],
  );
  return { values, sections, mistakes, command: commandOf(values), parameters, onChange };
}
