import type { LookupOption } from '../../../command/lookup.js';
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
}

/** A lookup of a dropdown's entries. */
export interface LookupQuery {
  /** Key of the entries: equal keys mean equal entries. */
  question: string;
  load(): Promise<LookupOption[]>;
}

export type { LookupOption };
