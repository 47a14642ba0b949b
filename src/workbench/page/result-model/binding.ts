/** Returns JavaScript that reads a member: `.name`, or `["a name"]`. */
export function memberAccess(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** Returns the binding of a value in a query's result, such as `{{Query1.data[0].steps}}`. */
export function bindingOf(query: string, path: readonly (string | number)[]): string {
  return `{{${query}.data${path.map(memberAccess).join('')}}}`;
}

/** Returns the binding of what Appsmith receives beside the data. */
export function headerBinding(query: string, name: string): string {
  return `{{${query}.responseMeta.headers[${JSON.stringify(name)}][0]}}`;
}

/** The name Appsmith gives the first query of a page. */
export const DEFAULT_QUERY_NAME = 'Query1';
