import { Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { Row } from '../../../result/rows.js';
import type { RunRequest } from '../../wire.js';
import { createQueryLink } from '../browser/query-link.js';
import type { ChartModel } from '../result-model/chart-model.js';
import { createBindings } from './bindings.js';
import { Snippet } from './Snippet.js';
import classes from './UseIt.module.css';
import { useSnippets } from './use-snippets.js';

interface UseItProps {
  request: RunRequest;
  rows: Row[] | undefined;
  chart: ChartModel | undefined;
}

/** Shows how to use the query in Appsmith, on the command line, in code and as a link. */
export function UseIt({ request, rows, chart }: UseItProps) {
  const [name, setName] = useState('Query1');
  const { curl, typescript, problem } = useSnippets(request);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className={classes.view} tabIndex={0} aria-label="Use this query elsewhere">
      <Stack gap="lg" maw={860}>
        <div>
          <Title order={2} size="h5" mb="xs">
            In Appsmith
          </Title>
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
            {createBindings(name.trim() || 'Query1', rows, chart).map(({ target, text }) => (
              <Snippet key={target} label={target} text={text} />
            ))}
          </Stack>
        </div>
        <div>
          <Title order={2} size="h5" mb="xs">
            On the command line
          </Title>
          {curl ? (
            <Snippet label="cURL, credentials from the environment" text={curl} />
          ) : (
            <Text size="sm" c="dimmed">
              {problem ?? 'Loading'}
            </Text>
          )}
        </div>
        <div>
          <Title order={2} size="h5" mb="xs">
            In TypeScript
          </Title>
          <Snippet label="mixpanel-datasource" text={typescript} />
        </div>
        <div>
          <Title order={2} size="h5" mb="xs">
            In another browser
          </Title>
          <Snippet
            label="Link that reopens this query, without credentials"
            text={createQueryLink(request)}
          />
        </div>
      </Stack>
    </section>
  );
}
