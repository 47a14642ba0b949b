import { Stack, Text, TextInput, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Row } from '../../../result/rows.js';
import type { QueryField, RunRequest } from '../../wire.js';
import { createQueryLink } from '../browser/query-link.js';
import { DEFAULT_QUERY_NAME } from '../result-model/binding.js';
import type { ChartModel } from '../result-model/chart-model.js';
import { CopyText } from '../ui/CopyText.js';
import { createBindings } from './bindings.js';
import { Snippet } from './Snippet.js';
import classes from './UseIt.module.css';
import { useSnippets } from './use-snippets.js';

interface UseItProps {
  request: RunRequest;
  rows: Row[] | undefined;
  chart: ChartModel | undefined;
}

/** Shows how to use the query in Appsmith, on the command line, in code, in other hosts and as a link. */
export function UseIt({ request, rows, chart }: UseItProps) {
  const [name, setName] = useState(DEFAULT_QUERY_NAME);
  const { fields, cli, curl, typescript, hosts, problem } = useSnippets(request);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className={classes.view} tabIndex={0} aria-label="Use this query elsewhere">
      <Stack gap="lg" maw={860}>
        <Part
          title="The query, in Appsmith"
          hint="What to choose and type in the form of a query. Other fields keep what they have."
        >
          <Fields fields={fields} />
        </Part>
        <Part title="Its data, in Appsmith's widgets">
          <TextInput
            label="Query name"
            size="xs"
            w={220}
            mb="sm"
            value={name}
            spellCheck={false}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Stack gap="sm">
            {createBindings(name.trim() || DEFAULT_QUERY_NAME, rows, chart).map(({ target, text }) => (
              <Snippet key={target} label={target} text={text} />
            ))}
          </Stack>
        </Part>
        <Part
          title="On the command line"
          hint="Credentials come from MIXPANEL_USERNAME and MIXPANEL_PASSWORD."
        >
          <Stack gap="sm">
            {cli && <Snippet label="mixpanel-datasource" text={cli} />}
            {curl ? (
              <Snippet label="cURL" text={curl} />
            ) : (
              <Text size="sm" c="dimmed">
                {problem ?? 'Loading'}
              </Text>
            )}
          </Stack>
        </Part>
        <Part title="In TypeScript">
          <Snippet label="mixpanel-datasource" text={typescript} />
        </Part>
        {hosts.map(({ host, hint, text }) => (
          <Part key={host} title={`In ${host}`}>
            <Snippet label={hint} text={text} />
          </Part>
        ))}
        <Part title="In another browser">
          <Snippet
            label="Link that reopens this query, without credentials"
            text={createQueryLink(request)}
          />
        </Part>
      </Stack>
    </section>
  );
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <div>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {hint && (
        <Text size="sm" c="dimmed" mb="xs">
          {hint}
        </Text>
      )}
      {children}
    </div>
  );
}

function Fields({ fields }: { fields: readonly QueryField[] }) {
  return (
    <dl className={classes.fields}>
      {fields.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <span>{value}</span>
            <CopyText text={value} what={label} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
