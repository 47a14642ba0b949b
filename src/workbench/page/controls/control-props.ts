import type { LookupOption } from '../../../command/lookup.js';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import type { FormValue } from '../form-model/form-values.js';

/** What every control of a form is given. */
export interface ControlProps<C extends Control = Control> {
  control: C;
  /** The id of the element that takes the focus. */
  id: string;
  value: FormValue;
  onChange(value: FormValue): void;
  /** What is wrong with the value, in a sentence. */
  error?: string;
  disabled?: boolean;
  /** The entries of this control's dropdown; absent if nothing can be looked up. */
  lookup?: LookupQuery;
}

/** A look-up of a dropdown's entries. */
export interface LookupQuery {
  /** What the entries depend on: the same text, the same entries. */
  question: string;
  load(): Promise<LookupOption[]>;
}

export type { LookupOption };
