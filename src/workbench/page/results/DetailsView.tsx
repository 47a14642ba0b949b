import { Alert, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RunResponse, SentRequest } from '../../wire.js';
import { DEFAULT_QUERY_NAME, headerBinding } from '../result-model/binding.js';
import { CopyText } from '../ui/CopyText.js';
import classes from './DetailsView.module.css';

/** What was sent and what came beside the data: request, status, facts with their bindings, messages. */
export function DetailsView({ response }: { response: RunResponse }) {
  const { result, sent, headers, elapsedMs } = response;
  const state = result.meta.cache?.state;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className={classes.view} tabIndex={0} aria-label="Details of the query">
      <Stack gap="lg">
        <Part title="Request">
          {sent ? (
            <>
              {(state === 'HIT' || state === 'SHARED' || state === 'STALE') && (
                <Text size="sm" c="dimmed" mb="xs">
                  {state === 'SHARED'
                    ? 'This query shared the answer of an identical request in flight.'
                    : 'Not sent this time: the result was in the cache. This request had brought it.'}
                </Text>
              )}
              <Request {...sent} />
            </>
          ) : (
            <Text size="sm" c="dimmed">
              Nothing was sent, because the form is not valid.
            </Text>
          )}
        </Part>
        <Part title="Answer">
          <Facts
            facts={[
              ['Status', describeStatus(response)],
              ['Duration', `${elapsedMs.toLocaleString('en-US')} ms`],
              ...(result.meta.waitedMs
                ? [
                    [
                      'Waited for the rate limiter',
                      `${result.meta.waitedMs.toLocaleString('en-US')} ms`,
                    ] as const,
                  ]
                : []),
            ]}
          />
        </Part>
        <Part title="Beside the data" hint={`As Appsmith reads it, of a query called ${DEFAULT_QUERY_NAME}.`}>
          <Facts
            facts={Object.entries(headers)}
            copied={(name) => ({
              text: headerBinding(DEFAULT_QUERY_NAME, name),
              what: `the binding of ${name}`,
            })}
          />
        </Part>
        {result.messages.length > 0 && (
          <Part title="Messages">
            {result.messages.map((message) => (
              <Alert key={message} color="orange" mb="xs">
                {message}
              </Alert>
            ))}
          </Part>
        )}
      </Stack>
    </section>
  );
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <div>
      <Title order={2} size="h5">
        {title}
      </Title>
      {hint && (
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      )}
      <div className={classes.part}>{children}</div>
    </div>
  );
}

function Request({ method, address, query, headers, form, json, text, authenticated }: SentRequest) {
  const search = new URLSearchParams(query).toString();
  const url = search ? `${address}?${search}` : address;
  const body = json ?? text;
  return (
    <>
      <div className={classes.line}>
        <code className={classes.address}>
          <b>{method}</b> {url}
        </code>
        <CopyText text={url} what="the address" />
      </div>
      <Facts title="Query" facts={Object.entries(query)} copied={copyOf(query)} />
      <Facts title="Form" facts={Object.entries(form)} copied={copyOf(form)} />
      <Facts
        title="Headers"
        facts={[
          ...Object.entries(headers),
          ...(authenticated
            ? [['Authorization', 'Basic, the service account of the datasource'] as const]
            : []),
        ]}
      />
      {body !== undefined && (
        <>
          <div className={classes.line}>
            <Text size="xs" c="dimmed">
              Body
            </Text>
            <CopyText text={body} what="the body" />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
          <pre className={classes.body} tabIndex={0}>
            {body.slice(0, MAX_BODY_CHARACTERS)}
          </pre>
        </>
      )}
    </>
  );
}

const MAX_BODY_CHARACTERS = 20_000;

function copyOf(values: Record<string, string>) {
  return (name: string) => ({ text: values[name] ?? '', what: `the value of ${name}` });
}

interface FactsProps {
  title?: string;
  facts: readonly (readonly [name: string, value: string])[];
  /** What the button of a fact copies; without it there is none. */
  copied?: (name: string) => { text: string; what: string };
}

function Facts({ title, facts, copied }: FactsProps) {
  if (facts.length === 0) return null;
  return (
    <>
      {title && (
        <Text size="xs" c="dimmed" mt="xs">
          {title}
        </Text>
      )}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span>{value}</span>
              {copied && <CopyText {...copied(name)} />}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function describeStatus({ result }: RunResponse): string {
  if (result.ok) return 'Success';
  const { upstreamStatus, code, title } = result.error;
  return upstreamStatus === undefined
    ? `${title} (${code}); Mixpanel was not asked or did not answer`
    : `${title} (${code}); Mixpanel answered with status ${upstreamStatus}`;
}
