import type { ReactNode } from 'react';
import classes from './Tag.module.css';

/** Short label with a coloured dot. The words alone carry the meaning. */
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
