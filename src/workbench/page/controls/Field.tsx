import { ActionIcon, Group, Input, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import classes from './Field.module.css';

interface FieldProps {
  control: Control;
  id: string;
  error?: string;
  children: ReactNode;
}

/** Wraps a control with its label, help and error. */
export function Field({ control, id, error, children }: FieldProps) {
  const { label, isRequired = false, tooltipText, subtitle, encrypted = false } = control;
  return (
    <div className={classes.field} data-field={control.field?.key}>
      <Group gap="2 4" align="center" className={classes.head}>
        <Input.Label htmlFor={id} id={`${id}-label`} required={isRequired} className={classes.label}>
          {label}
        </Input.Label>
        {tooltipText && (
          <Tooltip
            label={tooltipText}
            multiline
            w={260}
            withArrow
            events={{ hover: true, focus: true, touch: true }}
          >
            <ActionIcon
              variant="transparent"
              size="xs"
              radius="xl"
              className={classes.help}
              aria-label={`About ${label}: ${tooltipText}`}
            >
              ?
            </ActionIcon>
          </Tooltip>
        )}
        {encrypted && <span className={classes.note}>kept in memory only</span>}
      </Group>
      {subtitle && <div className={classes.note}>{subtitle}</div>}
      {children}
      {error && (
        <Input.Error id={`${id}-error`} role="alert" className={classes.error}>
          {error}
        </Input.Error>
      )}
    </div>
  );
}
