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
  /** Fetches the entries of this control's dropdown; absent where nothing can be looked up. */
  loadOptions?: () => Promise<LookupOption[]>;
}

export type { LookupOption };
