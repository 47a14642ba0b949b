import type { ReactNode } from 'react';
import classes from './Tag.module.css';

/** A short fact; its tone is a dot of colour beside words that say the same. */
export function Tag({
  tone = 'plain',
  children,
}: {
  tone?: 'plain' | 'good' | 'warning';
  children: ReactNode;
}) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}
