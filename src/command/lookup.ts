/** The lookups that can fill a form's dropdown. */
export const LOOKUPS = [
  'projects',
  'workspaces',
  'events',
  'properties',
  'propertyValues',
  'cohorts',
] as const;
export type Lookup = (typeof LOOKUPS)[number];

/** One entry of a dropdown. */
export interface LookupOption {
  label: string;
  value: string;
}
