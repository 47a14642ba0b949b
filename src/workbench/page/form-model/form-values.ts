import type { Control, FormSection, Manifest } from '../../../hosts/appsmith/manifest/schema.js';
import { ConditionError, isVisible, type Scope } from './conditionals.js';

export type FormValue = string | boolean;
/** Values by `configProperty`. As in Appsmith, forms that show the same field share its value. */
export type FormValues = Readonly<Record<string, FormValue>>;
export type Section = Manifest['actionUiConfig']['editor'][number];

export const COMMAND_PROPERTY = 'actionConfiguration.formData.command';
export const PROJECT_PROPERTY = 'actionConfiguration.formData.projectId';

export function sectionControls({ children }: Section): Control[] {
  return children.flatMap((zone) => zone.children);
}

/** Returns the values of a new query: the initial values of all forms. */
export function initialValues(controls: readonly Control[]): FormValues {
  return Object.fromEntries(
    controls
      .filter(({ configProperty }) => configProperty !== '')
      .map(({ configProperty, initialValue = '' }) => [
        configProperty,
        typeof initialValue === 'number' ? String(initialValue) : initialValue,
      ]),
  );
}

export function editorControls(manifest: Manifest): Control[] {
  return manifest.actionUiConfig.editor.flatMap(sectionControls);
}

export function datasourceControls(sections: readonly FormSection[]): Control[] {
  return sections.flatMap(({ children }) => children);
}

/** Returns the nested object that conditionals refer to. */
export function toScope(values: FormValues): Scope {
  const scope: Record<string, unknown> = { actionConfiguration: {}, datasourceConfiguration: {} };
  for (const [path, value] of Object.entries(values)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let owner = scope;
    for (const name of names) {
      owner[name] ??= {};
      owner = owner[name] as Record<string, unknown>;
    }
    owner[last] = value;
  }
  return scope;
}

export interface VisibleSections {
  sections: Section[];
  /** Errors in the manifest, each a sentence. */
  mistakes: string[];
}

/** Returns the sections whose conditions hold, and an error for each condition that cannot be evaluated. */
export function visibleSections(manifest: Manifest, values: FormValues): VisibleSections {
  const scope = toScope(values);
  const mistakes: string[] = [];
  const sections = manifest.actionUiConfig.editor.filter(({ conditionals, identifier }) => {
    try {
      return isVisible(conditionals, scope);
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      mistakes.push(`${identifier}: ${error.message}`);
      return false;
    }
  });
  if (sections.length < 2 && mistakes.length === 0) {
    mistakes.push(`The command ${JSON.stringify(selectedCommand(values))} has no form.`);
  }
  return { sections, mistakes };
}

export function selectedCommand(values: FormValues): string {
  return String(values[COMMAND_PROPERTY] ?? '');
}

/** What is sent with a query: the values of the shown fields, by their keys. */
export function toParameters(sections: readonly Section[], values: FormValues): Record<string, FormValue> {
  return Object.fromEntries(
    sections
      .flatMap(sectionControls)
      .flatMap(({ configProperty, field }) => (field ? [[field.key, values[configProperty] ?? '']] : [])),
  );
}

/** The values with a query written into them, each where the form of its command keeps it. */
export function withQuery(
  manifest: Manifest,
  values: FormValues,
  { command, parameters }: { command: string; parameters: Record<string, unknown> },
): FormValues {
  const section = manifest.actionUiConfig.editor.find(({ identifier }) => identifier === command);
  const written = (section ? sectionControls(section) : []).flatMap(({ configProperty, field }) =>
    field && Object.hasOwn(parameters, field.key)
      ? [[configProperty, String(plainValue(parameters[field.key]) ?? '')]]
      : [],
  );
  return { ...values, ...Object.fromEntries(written), [COMMAND_PROPERTY]: command };
}

/** A value as Appsmith saves it: plain, or wrapped with the view it was edited in. */
function plainValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'data' in value && 'viewType' in value
    ? value.data
    : value;
}
