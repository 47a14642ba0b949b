import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { ControlProps } from './control-props.js';

// Loaded on demand: the editor is the largest part of the page, and the first screen does not need it.
const CodeEditor = lazy(() => import('./CodeEditor.js'));
const InsertControl = lazy(() => import('./InsertControl.js'));

/** Renders `QUERY_DYNAMIC_TEXT`: a filter expression or JSON, validated as the user types. */
export function CodeControl(props: ControlProps) {
  const { lookUp } = props;
  const { field, label } = props.control;
  return (
    <Suspense
      fallback={<Skeleton height={72} role="status" aria-label={`Loading the editor for ${label}`} />}
    >
      <CodeEditor {...props} language={field?.kind === 'expression' ? 'expression' : 'json'} />
      {lookUp &&
        field?.inserts?.map((insertion) => (
          <InsertControl
            key={insertion.path.join('.')}
            {...props}
            insertion={insertion}
            lookup={lookUp(insertion.lookup)}
          />
        ))}
    </Suspense>
  );
}
