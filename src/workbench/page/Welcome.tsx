import { Title } from '@mantine/core';
import type { ComponentProps } from 'react';
import { DatasourceForm } from './datasource/DatasourceForm.js';
import classes from './Welcome.module.css';

/** Shown until the first datasource is added. */
export function Welcome(props: ComponentProps<typeof DatasourceForm>) {
  return (
    <main className={classes.welcome}>
      <section className={classes.card} aria-labelledby="welcome">
        <Title order={2} size="h4" id="welcome" mb={4}>
          Add a datasource
        </Title>
        <p className={classes.lead}>
          The service account’s password stays in the memory of this server until you forget the datasource or
          the session ends. It is never sent back to this page.
        </p>
        <DatasourceForm {...props} />
      </section>
    </main>
  );
}
