import { Alert, Anchor, Button, Group, List, Text } from '@mantine/core';
import { ERRORS, type ErrorDescription, type Issue } from '../../../errors.js';
import type { ResultMeta } from '../../../result/query-result.js';
import classes from './Failure.module.css';
import { RetryButton } from './RetryButton.js';

interface FailureProps {
  error: ErrorDescription;
  meta: ResultMeta;
  onRetry(): void;
  onShowField(field: string): void;
  onTestDatasource(): void;
}

/** Shows what went wrong, what to do, and the fields to correct. */
export function Failure({ error, meta, onRetry, onShowField, onTestDatasource }: FailureProps) {
  const { code, title, issues = [], retryAt } = error;
  const { retryable, about } = { about: undefined, ...ERRORS[code] };
  const { own, quoted } = splitQuotation(error);
  const [head = '', ...rest] = own.split('\n');
  const fullAt = code === 'RATE_LIMITED_HOURLY' ? meta.quota?.resetAt : undefined;
  return (
    <div className={classes.failure}>
      <Alert color="red" role="alert" title={title} data-error-code={code}>
        <Text size="sm">{head}</Text>
        {issues.length > 0 ? (
          <Issues issues={issues} onShowField={onShowField} />
        ) : (
          rest.length > 0 && <MessageText text={rest.join('\n')} />
        )}
        {quoted && (
          <Text size="sm" mt="xs" c="dimmed" className={classes.quoted}>
            Mixpanel says: {quoted}
          </Text>
        )}
        <Group mt="sm" gap="sm">
          {(retryable || retryAt !== undefined) && (
            <RetryButton retryAt={retryAt ?? fullAt} onRetry={onRetry} />
          )}
          {about === 'datasource' && (
            <Button size="xs" variant="default" onClick={onTestDatasource}>
              Test the datasource
            </Button>
          )}
        </Group>
      </Alert>
    </div>
  );
}

/** Returns our own sentences of a message, and what it quotes of Mixpanel. */
function splitQuotation({ message, upstream }: ErrorDescription): { own: string; quoted?: string } {
  const quotation = `Mixpanel says: ${upstream}`;
  if (!upstream || !message.includes(quotation)) return { own: message };
  const own = message.replace(quotation, '').trim();
  return own === '' ? { own: message } : { own, quoted: upstream };
}

function Issues({ issues, onShowField }: { issues: readonly Issue[]; onShowField(field: string): void }) {
  return (
    <List size="sm" mt="xs" spacing={4}>
      {issues.map(({ field, label, message }) => (
        <List.Item key={`${field} ${message}`}>
          <Anchor
            component="button"
            type="button"
            size="sm"
            underline="always"
            onClick={() => onShowField(field)}
          >
            {label}
          </Anchor>{' '}
          <MessageText text={message} />
        </List.Item>
      ))}
    </List>
  );
}

/** Shows a sentence, and below it in a monospaced font the lines that point at a character. */
function MessageText({ text }: { text: string }) {
  const [sentence, ...marked] = text.split('\n');
  return (
    <>
      <span>{sentence}</span>
      {marked.length > 0 && <pre className={classes.marked}>{marked.join('\n')}</pre>}
    </>
  );
}
