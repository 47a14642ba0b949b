/** What a form's dropdown can be filled with. */
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
