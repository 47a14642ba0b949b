import { ActionIcon, Input, Tooltip, VisuallyHidden } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import classes from './Field.module.css';

interface FieldProps {
  control: Control;
  id: string;
  error?: string;
  children: ReactNode;
}

/**
 * Wraps a control with its label, help and error. The help describes the control for screen readers; "?" and F1 open
 * it below the label, so that it is no stop on the way to the next field.
 */
export function Field({ control, id, error, children }: FieldProps) {
  const { label, isRequired = false, tooltipText: help, subtitle, encrypted = false } = control;
  const [opened, setOpened] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: F1 belongs to whatever field has the focus.
    <div
      className={classes.field}
      data-field={control.field?.key}
      onKeyDown={(event) => {
        if (event.key !== 'F1' || help === undefined) return;
        event.preventDefault();
        setOpened(!opened);
      }}
    >
      <div className={classes.head}>
        <Input.Label htmlFor={id} id={`${id}-label`} required={isRequired} className={classes.label}>
          {label}
        </Input.Label>
        {help && (
          <Tooltip label={help} multiline w={260} withArrow disabled={opened}>
            <ActionIcon
              variant="transparent"
              size="xs"
              radius="xl"
              tabIndex={-1}
              className={classes.help}
              aria-label={`About ${label}`}
              aria-expanded={opened}
              onClick={() => setOpened(!opened)}
            >
              ?
            </ActionIcon>
          </Tooltip>
        )}
        {encrypted && <span className={classes.note}>kept in memory only</span>}
      </div>
      {subtitle && <div className={classes.note}>{subtitle}</div>}
      {help &&
        (opened ? (
          <div id={`${id}-help`} className={classes.helpText}>
            {help}
          </div>
        ) : (
          <VisuallyHidden id={`${id}-help`}>{help}</VisuallyHidden>
        ))}
      {children}
      {error && (
        <Input.Error id={`${id}-error`} role="alert" className={classes.error}>
          {error}
        </Input.Error>
      )}
    </div>
  );
}
