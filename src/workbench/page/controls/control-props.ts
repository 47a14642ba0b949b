import type { Lookup, LookupOption } from '../../../command/lookup.js';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import type { FormValue } from '../form-model/form-values.js';

/** Props of every control of a form. */
export interface ControlProps<C extends Control = Control> {
  control: C;
  /** Id of the focusable element. */
  id: string;
  value: FormValue;
  onChange(value: FormValue): void;
  /** What is wrong with the value; a sentence. */
  error?: string;
  disabled?: boolean;
  /** Loads the entries of this control's dropdown; absent if it has none. */
  lookup?: LookupQuery;
  /** Returns any other lookup: of what a JSON field holds, or of what completes a filter. */
  lookUp?: MakeLookup;
}

/** Values that a lookup takes instead of the form's, such as the property whose values are looked up. */
export type GivenValues = Readonly<Record<string, unknown>>;

/** Returns the query for a lookup with the values of the form. */
export type MakeLookup = (lookup: Lookup, given?: GivenValues) => LookupQuery;

/** A lookup of a dropdown's entries. */
export interface LookupQuery {
  /** Key of the entries: equal keys mean equal entries. */
  question: string;
  /** What it lists, in the plural. */
  noun: string;
  /** How many queries of the hourly limit it costs. */
  queries: number;
  load(): Promise<LookupOption[]>;
}

/** The lookups that complete a filter. */
export interface FilterCompletions {
  properties: LookupQuery;
  /** Returns the lookup for the values of a property. */
  values(property: string): LookupQuery;
}

export type { LookupOption };
