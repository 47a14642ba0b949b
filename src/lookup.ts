/** What a form's dropdown can be filled with. */
export type Lookup = 'projects' | 'workspaces' | 'events' | 'properties' | 'propertyValues' | 'cohorts';

/** One entry of a dropdown. */
export interface LookupOption {
  label: string;
  value: string;
}
