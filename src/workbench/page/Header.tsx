import { Title } from '@mantine/core';
import { DatasourceMenu, type DatasourceMenuProps } from './datasource/DatasourceMenu.js';
import classes from './Header.module.css';
import iconUrl from './icon.svg?url';
import { QuotaMeter, type QuotaMeterProps } from './quota/QuotaMeter.js';
import { SchemeToggle } from './SchemeToggle.js';

interface HeaderProps {
  datasources: DatasourceMenuProps;
  quota: QuotaMeterProps;
}

/** Header bar with the current datasource and its remaining quota. */
export function Header({ datasources, quota }: HeaderProps) {
  return (
    <header className={classes.header}>
      <img src={iconUrl} alt="" width={28} height={28} className={classes.logo} />
      <Title order={1} size="h5" className={classes.title}>
        Mixpanel workbench
      </Title>
      <DatasourceMenu {...datasources} />
      <div className={classes.end}>
        <QuotaMeter {...quota} />
        <SchemeToggle />
      </div>
    </header>
  );
}
