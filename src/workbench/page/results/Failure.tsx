import { Alert, Anchor, Button, Group, List, Text } from '@mantine/core';
import type { Issue } from '../../../errors.js';
import type { RunAnswer } from '../../wire.js';
import { headerOf } from '../result-model/result-header.js';
import { clockTime } from '../ui/clock-time.js';
import classes from './Failure.module.css';

interface FailureProps {
  answer: RunAnswer;
  onShowField(field: string): void;
  onTestDatasource(): void;
}

const DATASOURCE_ERRORS = new Set([
  'WRONG_CREDENTIALS',
  'WRONG_REGION',
  'NO_PROJECT_ACCESS',
  'INVALID_DATASOURCE',
]);

/** What went wrong, what to do, and where. */
export function Failure({ answer: { result, issues }, onShowField, onTestDatasource }: FailureProps) {
  const code = headerOf(result, 'x-error-code');
  const retryAt = Date.parse(headerOf(result, 'x-retry-at'));
  const resetAt = Date.parse(headerOf(result, 'x-quota-reset'));
  const [head = '', ...rest] = (result.readableError ?? '').split('\n');
  return (
    <div className={classes.failure}>
      <Alert color="red" role="alert" title={result.title} data-error-code={code}>
        <Text size="sm">{head}</Text>
        {issues.length > 0 ? (
          <Issues issues={issues} onShowField={onShowField} />
        ) : (
          rest.length > 0 && <Words text={rest.join('\n')} />
        )}
        {!Number.isNaN(retryAt) && (
          <Text size="sm" mt="xs">
            The next try can succeed at <b>{clockTime(retryAt)}</b>.
          </Text>
        )}
        {Number.isNaN(retryAt) && code === 'RATE_LIMITED_HOURLY' && !Number.isNaN(resetAt) && (
          <Text size="sm" mt="xs">
            All of the quota is free again by <b>{clockTime(resetAt)}</b>.
          </Text>
        )}
        {DATASOURCE_ERRORS.has(code) && (
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
          <Words text={message} />
        </List.Item>
      ))}
    </List>
  );
}

/** A sentence; what stands below it points at a character and needs letters of one width. */
function Words({ text }: { text: string }) {
  const [sentence, ...marked] = text.split('\n');
  return (
    <>
      <span>{sentence}</span>
      {marked.length > 0 && <pre className={classes.marked}>{marked.join('\n')}</pre>}
    </>
  );
}
