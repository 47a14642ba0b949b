import { Alert, Anchor, Collapse, Stack, Text, UnstyledButton } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import type { Issue } from '../../../errors.js';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import type { TimeZoneResponse } from '../../wire.js';
import { ControlView } from '../controls/ControlView.js';
import { ExamplesControl } from '../controls/ExamplesControl.js';
import { RangeControl } from '../controls/RangeControl.js';
import { RequestMenu } from '../controls/RequestMenu.js';
import { isEnabled, isVisible, type Scope } from '../form-model/conditionals.js';
import { type FormItem, layOut, summarize } from '../form-model/form-layout.js';
import {
  COMMAND_PROPERTY,
  type FormValue,
  type FormValues,
  type Section,
  toScope,
} from '../form-model/form-values.js';
import { messageSentence } from '../form-model/wording.js';
import { ChevronIcon } from '../ui/icons.js';
import classes from './ManifestForm.module.css';
import type { LookupSource } from './use-lookups.js';

interface ManifestFormProps {
  sections: readonly Section[];
  mistakes: readonly string[];
  values: FormValues;
  onChange(configProperty: string, value: FormValue): void;
  issues: readonly Issue[];
  lookups: LookupSource;
  /** Whether the datasource says which project is queried. */
  hasDefaultProject: boolean;
  /** The project's time zone, once it is known. */
  zone: TimeZoneResponse | undefined;
  advanced: { opened: boolean; onToggle(): void };
}

/** Renders the visible sections of the editor form, everyday fields first. */
export function ManifestForm({ sections, mistakes, ...props }: ManifestFormProps) {
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
        <SectionView key={section.identifier} section={section} {...props} />
      ))}
    </Stack>
  );
}

type SectionProps = Omit<ManifestFormProps, 'sections' | 'mistakes'> & { section: Section };

function SectionView({ section, values, hasDefaultProject, advanced, ...props }: SectionProps) {
  const scope = useMemo(() => toScope(values), [values]);
  const layout = useMemo(() => layOut(section, { hasDefaultProject }), [section, hasDefaultProject]);
  const { introduction } = layout;
  const everyday = { items: layout.everyday, values, scope, ...props };
  return (
    <section aria-label={section.name ?? 'Command'} className={classes.section}>
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
              API reference ↗
            </Anchor>
          )}
        </Text>
      )}
      {introduction && <ExamplesControl control={introduction} onChange={props.onChange} />}
      {layout.requests.length > 0 && (
        <RequestMenu groups={layout.requests} values={values} onChange={props.onChange} />
      )}
      <Items {...everyday} />
      {layout.advanced.length > 0 && (
        <>
          <UnstyledButton
            className={classes.advanced}
            aria-expanded={advanced.opened}
            onClick={advanced.onToggle}
          >
            <span className={classes.chevron} data-opened={advanced.opened || undefined}>
              <ChevronIcon />
            </span>
            <span>Advanced</span>
            <Text span size="xs" c="dimmed" truncate>
              {summarize(layout.advanced, values)}
            </Text>
          </UnstyledButton>
          <Collapse expanded={advanced.opened} keepMountedMode="display-none" transitionDuration={0}>
            <Items {...everyday} items={layout.advanced} />
          </Collapse>
        </>
      )}
    </section>
  );
}

interface ItemsProps extends Pick<ManifestFormProps, 'values' | 'onChange' | 'issues' | 'lookups' | 'zone'> {
  items: readonly FormItem[];
  scope: Scope;
}

function Items({ items, values, scope, zone, onChange, issues, lookups }: ItemsProps) {
  return (
    <div className={classes.fields}>
      {items.map((item) => {
        if (item.type === 'range') {
          const rangeEnd = (control: Control) => ({
            control,
            id: elementId(control),
            value: String(values[control.configProperty] ?? ''),
            error: errorOf(control, issues),
            disabled: !isEnabled(control.conditionals, scope),
            onChange: (value: string) => onChange(control.configProperty, value),
          });
          return (
            <div key={elementId(item.from)} className={classes.wide}>
              <RangeControl
                id={`${elementId(item.from)}-range`}
                from={rangeEnd(item.from)}
                to={rangeEnd(item.to)}
                zone={zone}
              />
            </div>
          );
        }
        const { control } = item;
        return (
          isVisible(control.conditionals, scope) && (
            <FormControl
              key={control.propertyName ?? control.configProperty}
              control={control}
              value={values[control.configProperty] ?? ''}
              onChange={onChange}
              scope={scope}
              issues={issues}
              lookups={lookups}
            />
          )
        );
      })}
    </div>
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
  return (
    <div className={isWide(control) ? classes.wide : undefined}>
      <ControlView
        control={control}
        id={elementId(control)}
        value={value}
        onChange={change}
        error={errorOf(control, issues)}
        disabled={!isEnabled(control.conditionals, scope)}
        lookup={field?.lookup && lookups.query(field.lookup)}
        lookUp={lookups.query}
      />
    </div>
  );
}

/** Returns what is wrong with a field, a sentence for each problem. */
function errorOf({ field, placeholderText }: Control, issues: readonly Issue[]): string | undefined {
  const sentences = issues
    .filter((issue) => issue.field === field?.key)
    .map(({ message }) => messageSentence(message, placeholderText));
  return sentences.length > 0 ? sentences.join('\n') : undefined;
}

/** Returns the id of a control's focusable element. */
export function elementId({
  propertyName,
  configProperty,
}: Pick<Control, 'propertyName' | 'configProperty'>): string {
  return `field-${(propertyName ?? configProperty).replace(/\W/g, '-')}`;
}

const LONG_LABEL_CHARACTERS = 24;

/** Long texts have a line of their own, short ones stand in pairs. */
function isWide({ controlType, configProperty, field, label }: Control): boolean {
  return (
    controlType === 'QUERY_DYNAMIC_TEXT' ||
    configProperty === COMMAND_PROPERTY ||
    field?.kind === 'list' ||
    // Their names are long.
    field?.lookup === 'reports' ||
    label.length > LONG_LABEL_CHARACTERS
  );
}
