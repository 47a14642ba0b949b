import { datasourceForm } from '../../command/datasource.js';

/**
 * ToolJet's form of a datasource: what `lib/manifest.json` of a marketplace plugin holds. Source: ToolJet,
 * `marketplace/plugins/elevenlabs/lib/manifest.json`.
 */
export interface ToolJetManifest {
  $schema: string;
  title: string;
  description: string;
  type: 'api';
  source: {
    name: string;
    kind: string;
    exposedVariables: { isLoading: false; data: object; rawData: object };
    options: Record<string, { type: 'string'; encrypted?: true }>;
    /** `false` shows the button that calls `testConnection`. */
    customTesting: false;
  };
  defaults: Record<string, { value: string }>;
  properties: Record<string, ToolJetProperty>;
  required: string[];
}

interface ToolJetProperty {
  label: string;
  key: string;
  type: 'text' | 'password' | 'dropdown';
  /** Shown inside the empty field. */
  description: string;
  helpText: string;
  list?: { name: string; value: string }[];
}

/** Builds ToolJet's `manifest.json` from the datasource form. */
export function buildToolJetManifest(): ToolJetManifest {
  const fields = datasourceForm();
  return {
    $schema: 'https://raw.githubusercontent.com/ToolJet/ToolJet/develop/plugins/schemas/manifest.schema.json',
    title: 'Mixpanel datasource',
    description: 'Queries Mixpanel with a service account.',
    type: 'api',
    source: {
      name: 'Mixpanel',
      kind: 'mixpanel',
      exposedVariables: { isLoading: false, data: {}, rawData: {} },
      options: Object.fromEntries(
        fields.map(({ key, confidential }) => [
          key,
          { type: 'string', ...(confidential ? { encrypted: true as const } : {}) },
        ]),
      ),
      customTesting: false,
    },
    defaults: Object.fromEntries(fields.map((field) => [field.key, { value: field.default ?? '' }])),
    properties: Object.fromEntries(
      fields.map(({ key, label, help, placeholder, choices, confidential }) => [
        key,
        {
          label,
          key,
          type: choices ? 'dropdown' : confidential ? 'password' : 'text',
          description: placeholder ?? label,
          helpText: help,
          ...(choices ? { list: choices.map((each) => ({ name: each.label, value: each.value })) } : {}),
        },
      ]),
    ),
    required: fields.filter(({ required }) => required).map(({ key }) => key),
  };
}
