import * as z from 'zod';
import { type Issue, PluginError } from '../errors.js';
import { PROJECT_ID_PATTERN, toCanonicalProjectId } from '../mixpanel/project-id.js';
import { REGION_NAMES, REGIONS, type Region } from '../mixpanel/regions.js';
import { type Choice, type FormField, field, formFields } from './field.js';
import { ParseError, receiveValue } from './values.js';

/** The settings that a host stores for a Mixpanel connection. */
export interface Datasource {
  username: string;
  password: string;
  region?: Region;
  projectId?: string;
}

const regionChoices: Choice[] = REGIONS.map((value) => ({
  label: `${REGION_NAMES[value]} (${value})`,
  value,
}));

const PROJECT_MESSAGE = 'must be a number, such as 1234567.';
const textSchema = () => z.string('must be text.');
const projectIdSchema = () =>
  z.string(PROJECT_MESSAGE).regex(PROJECT_ID_PATTERN, PROJECT_MESSAGE).overwrite(toCanonicalProjectId);

/** Fields of the datasource form: the service account, its region, and the default project. */
export const datasourceFields = {
  username: field(textSchema(), {
    label: 'Mixpanel Service Account Username',
    help: 'From Organization Settings > Service Accounts in Mixpanel, such as name.abc123.mp-service-account.',
    kind: 'text',
    required: true,
    placeholder: 'name.abc123.mp-service-account',
  }),
  password: field(textSchema(), {
    label: 'Mixpanel Service Account Password',
    help: 'The secret Mixpanel showed when the service account was made.',
    kind: 'text',
    required: true,
    confidential: true,
  }),
  region: field(z.enum(REGIONS, { error: `must be one of ${REGIONS.join(', ')}.` }).default('US'), {
    label: 'Region',
    help: 'Where the project keeps its data; it is shown in the project settings.',
    kind: 'choice',
    required: true,
    default: 'US',
    choices: regionChoices,
  }),
  projectId: field(projectIdSchema().optional(), {
    label: 'Default Project ID',
    help: 'Used by every query that names no project of its own.',
    kind: 'text',
    required: false,
    placeholder: '1234567',
    lookup: 'projects',
  }),
};

export type CheckedDatasource = Required<Pick<Datasource, 'username' | 'password' | 'region'>> &
  Pick<Datasource, 'projectId'>;

/** Validates a datasource. Errors never quote a received value, because it may be the password. */
export function checkDatasource(datasource: Datasource): CheckedDatasource {
  const checked: Record<string, unknown> = {};
  const issues: Issue[] = [];
  for (const { key, label, schema } of formFields({ fields: datasourceFields })) {
    const { value, problem } = readSetting(datasource, key);
    const result = schema.safeParse(normalizeSetting(key, value));
    if (problem === undefined && result.success) checked[key] = result.data;
    else {
      const message =
        problem ??
        (value === undefined ? 'is required.' : (result.error?.issues[0]?.message ?? 'is not valid.'));
      issues.push({ field: key, label, message });
    }
  }
  if (issues.length > 0) {
    const lines = issues.map(({ label, message }) => `${label}: ${message}`);
    throw new PluginError(
      'INVALID_DATASOURCE',
      ['The Mixpanel datasource needs a correction.', ...lines].join('\n'),
      { issues },
    );
  }
  return checked as unknown as CheckedDatasource;
}

function normalizeSetting(key: string, value: unknown): unknown {
  if (key === 'password' || (typeof value !== 'string' && typeof value !== 'number')) return value;
  const trimmed = String(value).trim();
  return key === 'region' ? trimmed.toUpperCase() : trimmed;
}

/** Longer credentials do not fit in a header. Mixpanel's have about 50 characters. */
const MAX_SETTING_CHARACTERS = 1024;

function readSetting(datasource: Datasource, key: string): { value?: unknown; problem?: string } {
  try {
    const value = receiveValue(datasource, key);
    return typeof value === 'string' && value.length > MAX_SETTING_CHARACTERS
      ? { problem: `can have ${MAX_SETTING_CHARACTERS.toLocaleString('en-US')} characters.` }
      : { value };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { problem: error.message };
  }
}

/** Returns the form's fields with their keys, for manifests and pages. */
export function datasourceForm(): readonly FormField[] {
  return formFields({ fields: datasourceFields });
}
