import type { Control } from '../../../hosts/appsmith/manifest/schema.js';

/** Returns the ARIA attributes that connect a control to its help and its error, which `Field` renders. */
export function descriptionAttributes(control: Control, id: string, error: string | undefined) {
  const described = [error && `${id}-error`, control.tooltipText && `${id}-help`].filter(Boolean).join(' ');
  return {
    ...(described ? { 'aria-describedby': described } : {}),
    ...(error ? { 'aria-invalid': true as const } : {}),
  };
}
