import { lazy, Suspense } from 'react';
import classes from './CodeControl.module.css';
import type { ControlProps } from './control-props.js';

// Loaded on demand: the editor is the largest part of the page, and the first screen does not need it.
const FieldEditor = lazy(() => import('./FieldEditor.js'));

/** Renders `QUERY_DYNAMIC_TEXT`: a filter expression or JSON, validated as the user types. */
export function CodeControl(props: ControlProps) {
  return (
    <Suspense
      fallback={
        <div
          className={classes.loading}
          role="status"
          aria-label={`Loading the editor for ${props.control.label}`}
        >
          {String(props.value) || props.control.placeholderText}
        </div>
      }
    >
      <FieldEditor {...props} />
    </Suspense>
  );
}
