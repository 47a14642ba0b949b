/** Ties a control to the error below it. */
export function errorAttributes(id: string, error: string | undefined) {
  return error ? { 'aria-describedby': `${id}-error`, 'aria-invalid': true as const } : {};
}
