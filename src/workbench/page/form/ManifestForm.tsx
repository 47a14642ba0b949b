import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import type { Lookup, LookupOption } from '../../../command/lookup.js';
import type { Issue } from '../../../errors.js';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import { ControlView } from '../controls/ControlView.js';
import { ExamplesControl } from '../controls/ExamplesControl.js';
import { isEnabled, isVisible, type Scope } from '../form-model/conditionals.js';
import {
  COMMAND_PROPERTY,
  type FormValue,
  type FormValues,
  type Section,
  toScope,
} from '../form-model/form-values.js';
import classes from './ManifestForm.module.css';

interface ManifestFormProps {
  sections: readonly Section[];
  mistakes: readonly string[];
  values: FormValues;
  onChange(configProperty: string, value: FormValue): void;
  issues: readonly Issue[];
  lookups: LookupSource;
}

/** Loads the entries of dropdowns. */
export interface LookupSource {
  /** Returns the key of the entries: equal keys mean equal entries. */
  question(lookup: Lookup): string;
  load(lookup: Lookup): Promise<LookupOption[]>;
}

/** Renders the visible sections of the editor form in the manifest's zones. */
export function ManifestForm({ sections, mistakes, values, onChange, issues, lookups }: ManifestFormProps) {
  const scope = useMemo(() => toScope(values), [values]);
  return (
    <Stack gap="md">
      {mistakes.length > 0 && (
        <Alert color="red" title="Invalid manifest" role="alert">
          {mistakes.map((mistake) => (
            <Text size="sm" key={mistake}>
              {mistake}
            </Text>
          ))}
        </Alert>
      )}
      {sections.map((section) => (
        <section key={section.identifier} aria-label={section.name ?? 'Command'} className={classes.section}>
          {section.description && (
            <Text size="sm" c="dimmed" className={classes.description}>
              {section.description}{' '}
              {section.documentation && (
                <Anchor
                  href={section.documentation}
                  target="_blank"
                  rel="noreferrer"
                  size="sm"
                  underline="always"
                >
                  Mixpanel’s page
                </Anchor>
              )}
            </Text>
          )}
          {section.children.map((zone) => (
            <div
              key={zone.identifier}
              className={zone.controlType === 'DOUBLE_COLUMN_ZONE' ? classes.double : classes.single}
            >
              {zone.children
                .filter(({ conditionals }) => isVisible(conditionals, scope))
                .map((control) =>
                  control.controlType === 'FORM_TEMPLATE' ? (
                    <ExamplesControl key={control.propertyName} control={control} onChange={onChange} />
                  ) : (
                    <FormControl
                      key={control.propertyName ?? control.configProperty}
                      control={control}
                      value={values[control.configProperty] ?? ''}
                      onChange={onChange}
                      scope={scope}
                      issues={issues}
                      lookups={lookups}
                    />
                  ),
                )}
            </div>
          ))}
        </section>
      ))}
    </Stack>
  );
}

interface FormControlProps extends Pick<ManifestFormProps, 'onChange' | 'issues' | 'lookups'> {
  control: Control;
  value: FormValue;
  scope: Scope;
}

function FormControl({ control, value, scope, onChange, issues, lookups }: FormControlProps) {
  const { configProperty, field } = control;
  const change = useCallback((next: FormValue) => onChange(configProperty, next), [onChange, configProperty]);
  const key = field?.key;
  const looked = field?.lookup ?? field?.inserts?.lookup;
  const lookup = looked && { question: lookups.question(looked), load: () => lookups.load(looked) };
  const error = issues
    .filter((issue) => issue.field === key)
    .map(({ message }) => toSentence(message))
    .join('\n');
  const wide = configProperty === COMMAND_PROPERTY || field?.kind === 'list' || isLongLabel(control);
  return (
    <div className={wide ? classes.wide : undefined}>
      <ControlView
        control={control}
        id={elementId(control)}
        value={value}
        onChange={change}
        error={error || undefined}
        disabled={!isEnabled(control.conditionals, scope)}
        lookup={lookup}
      />
    </div>
  );
}

/** Returns the id of a control's focusable element. */
export function elementId({
  propertyName,
  configProperty,
}: Pick<Control, 'propertyName' | 'configProperty'>): string {
  return `field-${(propertyName ?? configProperty).replace(/\W/g, '-')}`;
}

const LONG_LABEL_CHARACTERS = 24;

function isLongLabel({ label }: Control): boolean {
  return label.length > LONG_LABEL_CHARACTERS;
}

/** Returns the first line of a message with a capital. The core writes messages to follow a label. */
function toSentence(message: string): string {
  const [first = ''] = message.split('\n');
  return first.charAt(0).toUpperCase() + first.slice(1);
}
