import { Button, Group, Text } from '@mantine/core';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import type { FormValue } from '../form-model/form-values.js';
import classes from './Field.module.css';

interface ExamplesControlProps {
  control: Extract<Control, { controlType: 'FORM_TEMPLATE' }>;
  onChange(configProperty: string, value: FormValue): void;
}

/** `FORM_TEMPLATE`: buttons that each fill in the form, or only a heading. */
export function ExamplesControl({ control, onChange }: ExamplesControlProps) {
  const { label, subtitle, options, url } = control;
  return (
    <div className={classes.field}>
      {/* The page says what a command is, and links to its documentation, above its form. */}
      {url === undefined && (
        <Text size="sm" fw={600}>
          {label}
        </Text>
      )}
      {subtitle && <div className={classes.note}>{subtitle}</div>}
      {options.length > 0 && (
        <Group gap="xs" role="group" aria-label={`Examples of ${label}`}>
          {options.map((option) => (
            <Button
              key={option.label}
              variant="default"
              size="compact-xs"
              title="Fill in this example"
              onClick={() => {
                for (const [path, value] of Object.entries(option.value)) onChange(path, value);
              }}
            >
              {option.label}
            </Button>
          ))}
        </Group>
      )}
    </div>
  );
}
