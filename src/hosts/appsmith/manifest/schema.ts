import { z } from 'zod';
import { LOOKUPS } from '../../../command/lookup.js';

/**
 * What Appsmith accepts of a remote plugin's document, as its source reads it (Appsmith CE, `PluginServiceCEImpl`,
 * `FormControlRegistry.tsx`, `formEval.ts`). Strict, so that a misspelt property, which Appsmith would ignore
 * without a word, is an error here.
 */

const text = z.string().min(1);
/** Appsmith evaluates these over `actionConfiguration`. */
const binding = z.string().regex(/^\{\{.+\}\}$/s);
const conditionals = z.strictObject({
  show: binding.optional(),
  hide: binding.optional(),
  enable: binding.optional(),
  disable: binding.optional(),
});

/** Ours: what pages of this project know of a field beyond Appsmith's controls. Appsmith ignores unknown keys. */
const fieldHint = z.strictObject({
  key: text,
  kind: z.enum(['text', 'choice', 'date', 'integer', 'expression', 'list', 'records', 'object', 'any']),
  lookup: z.enum(LOOKUPS).optional(),
  inserts: z.strictObject({ label: text, lookup: z.enum(LOOKUPS), path: z.array(text).min(1) }).optional(),
  default: z.string().optional(),
});

const controlBase = {
  label: text,
  /** `datasourceConfiguration.…`, `actionConfiguration.…`, or a property of the action itself. */
  configProperty: z
    .string()
    .regex(/^((datasourceConfiguration|actionConfiguration)\.[\w.[\]]+|runBehaviour|confirmBeforeExecute)$/),
  /** The key of the control's state; unique, since two controls with one key overwrite each other. */
  propertyName: text.optional(),
  identifier: text.optional(),
  isRequired: z.boolean().optional(),
  initialValue: z.union([z.string(), z.number(), z.boolean()]).optional(),
  placeholderText: text.optional(),
  tooltipText: text.optional(),
  subtitle: text.optional(),
  hidden: z.boolean().optional(),
  encrypted: z.boolean().optional(),
  conditionals: conditionals.optional(),
  field: fieldHint.optional(),
};

const option = z.strictObject({ label: text, value: z.string(), subText: text.optional() });

const inputText = z.strictObject({
  ...controlBase,
  controlType: z.literal('INPUT_TEXT'),
  dataType: z.enum(['PASSWORD', 'NUMBER']).optional(),
});
const dropDown = z.strictObject({
  ...controlBase,
  controlType: z.literal('DROP_DOWN'),
  options: z.array(option).min(1),
  isSearchable: z.boolean().optional(),
});
const switchControl = z.strictObject({ ...controlBase, controlType: z.literal('SWITCH') });
const dynamicText = z.strictObject({
  ...controlBase,
  controlType: z.literal('QUERY_DYNAMIC_TEXT'),
  evaluationSubstitutionType: z.enum(['TEMPLATE', 'SMART_SUBSTITUTE', 'PARAMETER']),
});
const dynamicInput = z.strictObject({
  ...controlBase,
  controlType: z.literal('QUERY_DYNAMIC_INPUT_TEXT'),
  evaluationSubstitutionType: z.enum(['TEMPLATE', 'SMART_SUBSTITUTE', 'PARAMETER']),
  inputType: z.enum(['TEXT', 'JSON', 'TEXT_WITH_BINDING']).optional(),
});

export const controlSchema = z.discriminatedUnion('controlType', [
  inputText,
  dropDown,
  switchControl,
  dynamicText,
  dynamicInput,
]);

const zone = z.strictObject({
  controlType: z.enum(['SINGLE_COLUMN_ZONE', 'DOUBLE_COLUMN_ZONE']),
  identifier: text,
  children: z.array(controlSchema).min(1),
});

const section = z.strictObject({
  controlType: z.literal('SECTION_V2'),
  identifier: text,
  /** Ignored by Appsmith; the words of a page that shows the section. */
  name: text.optional(),
  description: text.optional(),
  documentation: z.url().optional(),
  conditionals: conditionals.optional(),
  children: z.array(zone),
});

const formSection = z.strictObject({
  sectionName: z.string(),
  id: z.number().int(),
  children: z.array(controlSchema).min(1),
});

const document = z.strictObject({
  name: text,
  /** Of Appsmith CE's `PluginType`, the one whose executions it forwards over HTTP. */
  type: z.literal('REMOTE'),
  /** The forwarding plugin that Appsmith has loaded; any other name would break its whole plugin list. */
  packageName: z.literal('saas-plugin'),
  pluginName: text,
  version: z.string().regex(/^\d+\.\d+$/),
  iconLocation: text,
  documentationLink: z.url(),
  responseType: z.literal('JSON'),
  uiComponent: z.literal('UQIDbEditorForm'),
  datasourceComponent: z.literal('AutoForm'),
  allowUserDatasources: z.literal(true),
  isRemotePlugin: z.literal(true),
  remotePlugin: z.literal(true),
  /** Appsmith fails on a plugin without it. */
  defaultInstall: z.boolean(),
  templates: z.strictObject({}),
  datasourceUiConfig: z.strictObject({
    form: z.array(formSection).min(1),
    formButton: z.array(z.enum(['TEST', 'CANCEL', 'SAVE'])),
  }),
  actionUiConfig: z.strictObject({ editor: z.array(section).min(2), setting: z.array(formSection).min(1) }),
});

/** The document, with the one rule that spans it: every state key is unique. */
export const manifestSchema = document.superRefine(({ actionUiConfig }, refinement) => {
  const seen = new Set<string>();
  const claim = (key: string) => {
    if (seen.has(key))
      refinement.addIssue({ code: 'custom', message: `two nodes have the state key ${key}` });
    seen.add(key);
  };
  for (const { identifier, children } of actionUiConfig.editor) {
    claim(identifier);
    for (const zone of children) {
      claim(zone.identifier);
      // Appsmith: propertyName || configProperty || identifier (formEval.ts).
      for (const control of zone.children) claim(control.propertyName ?? control.configProperty);
    }
  }
});

export type Manifest = z.output<typeof document>;
export type Control = z.output<typeof controlSchema>;
export type FormSection = z.output<typeof formSection>;
