import * as z from 'zod';
import { LOOKUPS } from '../../../command/lookup.js';

/**
 * What Appsmith accepts of a remote plugin's document, as its source reads it (Appsmith CE, `PluginServiceCEImpl`,
 * `FormControlRegistry.tsx`, `formEval.ts`). Strict, so that a misspelt property, which Appsmith would ignore
 * without a word, is an error here.
 */

/** The one dropdown of a query that is a plain value: the forwarding plugin reads it as text (`SaasPlugin.java`). */
export const COMMAND_PROPERTY = 'actionConfiguration.formData.command';

const nonEmptyText = z.string().min(1);
/** Appsmith evaluates these over `actionConfiguration`. */
const bindingSchema = z.string().regex(/^\{\{.+\}\}$/s);
const conditionals = z.strictObject({
  show: bindingSchema.optional(),
  hide: bindingSchema.optional(),
  enable: bindingSchema.optional(),
  disable: bindingSchema.optional(),
});

/** Ours: what pages of this project know of a field beyond Appsmith's controls. Appsmith ignores unknown keys. */
const fieldHintSchema = z.strictObject({
  key: nonEmptyText,
  kind: z.enum(['text', 'choice', 'date', 'integer', 'expression', 'list', 'records', 'object', 'any']),
  lookup: z.enum(LOOKUPS).optional(),
  completes: z.strictObject({ properties: z.enum(LOOKUPS), values: z.enum(LOOKUPS) }).optional(),
  inserts: z
    .array(
      z.strictObject({
        label: nonEmptyText,
        lookup: z.enum(LOOKUPS),
        path: z.array(nonEmptyText).min(1),
        as: z.enum(['value', 'list', 'property']),
      }),
    )
    .optional(),
  default: z.string().optional(),
});

const controlBase = {
  label: nonEmptyText,
  /** `datasourceConfiguration.…`, `actionConfiguration.…`, or a property of the action itself. */
  configProperty: z
    .string()
    .regex(/^((datasourceConfiguration|actionConfiguration)\.[\w.[\]]+|runBehaviour|confirmBeforeExecute)$/),
  /** The key of the control's state; unique, since two controls with one key overwrite each other. */
  propertyName: nonEmptyText.optional(),
  identifier: nonEmptyText.optional(),
  isRequired: z.boolean().optional(),
  initialValue: z.union([z.string(), z.number(), z.boolean()]).optional(),
  placeholderText: nonEmptyText.optional(),
  tooltipText: nonEmptyText.optional(),
  subtitle: nonEmptyText.optional(),
  /** A link under the label. */
  url: z.url().optional(),
  urlText: nonEmptyText.optional(),
  hidden: z.boolean().optional(),
  encrypted: z.boolean().optional(),
  conditionals: conditionals.optional(),
  field: fieldHintSchema.optional(),
};

const optionSchema = z.strictObject({
  label: nonEmptyText,
  value: z.string(),
  subText: nonEmptyText.optional(),
});

const inputTextSchema = z.strictObject({
  ...controlBase,
  controlType: z.literal('INPUT_TEXT'),
  dataType: z.enum(['PASSWORD', 'NUMBER']).optional(),
});
const dropDownSchema = z.strictObject({
  ...controlBase,
  controlType: z.literal('DROP_DOWN'),
  options: z.array(optionSchema).min(1),
  isSearchable: z.boolean().optional(),
  /** Shows the switch to JavaScript. */
  alternateViewTypes: z.tuple([z.literal('json')]).optional(),
});
const switchSchema = z.strictObject({ ...controlBase, controlType: z.literal('SWITCH') });
const dynamicTextSchema = z.strictObject({
  ...controlBase,
  controlType: z.literal('QUERY_DYNAMIC_TEXT'),
  evaluationSubstitutionType: z.enum(['TEMPLATE', 'SMART_SUBSTITUTE', 'PARAMETER']),
});
const dynamicInputSchema = z.strictObject({
  ...controlBase,
  controlType: z.literal('QUERY_DYNAMIC_INPUT_TEXT'),
  evaluationSubstitutionType: z.enum(['TEMPLATE', 'SMART_SUBSTITUTE', 'PARAMETER']),
  inputType: z.enum(['TEXT', 'JSON', 'TEXT_WITH_BINDING']).optional(),
});

/** Buttons that each write values into the form, by the path of the field. */
const formTemplateSchema = z.strictObject({
  ...controlBase,
  controlType: z.literal('FORM_TEMPLATE'),
  /** It has no value of its own, so its state is kept under its `propertyName`. */
  configProperty: z.literal(''),
  propertyName: nonEmptyText,
  options: z.array(
    z.strictObject({
      label: nonEmptyText,
      /** Appsmith ignores it; the page shows it. */
      description: nonEmptyText.optional(),
      value: z.record(z.string().regex(/^actionConfiguration\.formData\.[\w.]+$/), z.string()),
    }),
  ),
});

export const controlSchema = z.discriminatedUnion('controlType', [
  inputTextSchema,
  dropDownSchema,
  switchSchema,
  dynamicTextSchema,
  dynamicInputSchema,
  formTemplateSchema,
]);

const zone = z.strictObject({
  controlType: z.enum(['SINGLE_COLUMN_ZONE', 'DOUBLE_COLUMN_ZONE']),
  identifier: nonEmptyText,
  children: z.array(controlSchema).min(1),
});

const sectionSchema = z.strictObject({
  controlType: z.literal('SECTION_V2'),
  identifier: nonEmptyText,
  /** Ignored by Appsmith; the words of a page that shows the section. */
  name: nonEmptyText.optional(),
  description: nonEmptyText.optional(),
  documentation: z.url().optional(),
  conditionals: conditionals.optional(),
  children: z.array(zone),
});

const formSectionSchema = z.strictObject({
  sectionName: z.string(),
  id: z.number().int(),
  children: z.array(controlSchema).min(1),
});

const documentSchema = z.strictObject({
  name: nonEmptyText,
  /** Of Appsmith CE's `PluginType`, the one whose executions it forwards over HTTP. */
  type: z.literal('REMOTE'),
  /** The forwarding plugin that Appsmith has loaded; any other name would break its whole plugin list. */
  packageName: z.literal('saas-plugin'),
  pluginName: nonEmptyText,
  version: z.string().regex(/^\d+\.\d+$/),
  iconLocation: nonEmptyText,
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
    form: z.array(formSectionSchema).min(1),
    formButton: z.array(z.enum(['TEST', 'CANCEL', 'SAVE'])),
  }),
  actionUiConfig: z.strictObject({
    editor: z.array(sectionSchema).min(2),
    setting: z.array(formSectionSchema).min(1),
  }),
});

/** The document, with the rules that span it: every state key is unique, and every path has one list of choices. */
export const manifestSchema = documentSchema.superRefine(({ actionUiConfig }, refinement) => {
  const choices = new Map<string, string>();
  // The value chosen in one command's form is shown in all others that have its path.
  const claimChoices = ({ configProperty, options }: z.output<typeof dropDownSchema>) => {
    const values = JSON.stringify(options.map(({ value }) => value));
    const others = choices.get(configProperty) ?? values;
    choices.set(configProperty, others);
    if (others !== values)
      refinement.addIssue({
        code: 'custom',
        message: `${configProperty} has two lists of choices: ${others} and ${values}; give one of the fields a sharedKey`,
      });
    if (configProperty !== COMMAND_PROPERTY && !configProperty.endsWith('.data'))
      refinement.addIssue({ code: 'custom', message: `${configProperty} cannot be bound: end it in .data` });
  };
  const seen = new Set<string>();
  const claimKey = (key: string) => {
    if (seen.has(key))
      refinement.addIssue({ code: 'custom', message: `two nodes have the state key ${key}` });
    seen.add(key);
  };
  for (const { identifier, children } of actionUiConfig.editor) {
    claimKey(identifier);
    for (const zone of children) {
      claimKey(zone.identifier);
      // Appsmith: propertyName || configProperty || identifier (formEval.ts).
      for (const control of zone.children) {
        claimKey(control.propertyName ?? control.configProperty);
        if (control.controlType === 'DROP_DOWN') claimChoices(control);
      }
    }
  }
});

export type Manifest = z.output<typeof documentSchema>;
export type Control = z.output<typeof controlSchema>;
export type FormSection = z.output<typeof formSectionSchema>;
