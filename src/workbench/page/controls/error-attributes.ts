/** Returns the ARIA attributes that connect a control to its error. */
export function errorAttributes(id: string, error: string | undefined) {
  return error ? { 'aria-describedby': `${id}-error`, 'aria-invalid': true as const } : {};
}
