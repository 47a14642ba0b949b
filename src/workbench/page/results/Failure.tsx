import { Alert, Anchor, Button, Group, List, Text } from '@mantine/core';
import { ERRORS, type ErrorDescription, type Issue } from '../../../errors.js';
import type { ResultMeta } from '../../../result/query-result.js';
import { formatClockTime } from '../ui/clock-time.js';
import classes from './Failure.module.css';

interface FailureProps {
  error: ErrorDescription;
  meta: ResultMeta;
  onShowField(field: string): void;
  onTestDatasource(): void;
}

/** Shows what went wrong, what to do, and the fields to correct. */
export function Failure({ error, meta, onShowField, onTestDatasource }: FailureProps) {
  const { code, title, message, issues = [], retryAt } = error;
  const [head = '', ...rest] = message.split('\n');
  return (
    <div className={classes.failure}>
      <Alert color="red" role="alert" title={title} data-error-code={code}>
        <Text size="sm">{head}</Text>
        {issues.length > 0 ? (
          <Issues issues={issues} onShowField={onShowField} />
        ) : (
          rest.length > 0 && <MessageText text={rest.join('\n')} />
        )}
        {retryAt !== undefined && (
          <Text size="sm" mt="xs">
            Try again at <b>{formatClockTime(retryAt)}</b>.
          </Text>
        )}
        {retryAt === undefined && code === 'RATE_LIMITED_HOURLY' && meta.quota && (
          <Text size="sm" mt="xs">
            The full quota is available again at <b>{formatClockTime(meta.quota.resetAt)}</b>.
          </Text>
        )}
        {ERRORS[code].about === 'datasource' && (
          <Group mt="sm">
            <Button size="xs" variant="default" onClick={onTestDatasource}>
              Test the datasource
            </Button>
          </Group>
        )}
      </Alert>
    </div>
  );
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
