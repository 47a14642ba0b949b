import { Text, Title } from '@mantine/core';
import type { FileCheck } from '../../wire.js';
import classes from './FilePreview.module.css';

/** Shows the first events as they would be sent: texts in quotes, numbers and booleans without. */
export function FilePreview({ check: { first, accepted } }: { check: FileCheck }) {
  if (first.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {first.length < accepted ? `The first ${first.length} events` : 'The events'}, as they would be sent
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section className={classes.viewport} tabIndex={0} aria-label="Preview">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">Time (UTC)</th>
              <th scope="col">Event</th>
              <th scope="col">Properties</th>
            </tr>
          </thead>
          <tbody>
            {first.map(({ line, time, event, properties }) => (
              <tr key={line}>
                <td className="numbers">{line.toLocaleString('en-US')}</td>
                <td className="numbers">
                  {time ? (
                    time.replace('T', ' ').replace(/(\.000)?Z$/, '')
                  ) : (
                    <Text span c="dimmed" size="xs">
                      set by Mixpanel
                    </Text>
                  )}
                </td>
                <td>{event}</td>
                <td className={classes.properties}>
                  {Object.entries(properties).map(([name, value]) => (
                    <span key={name} className={classes.property}>
                      {name}: <Value value={value} />
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

const MAX_VALUE_CHARACTERS = 120;

function Value({ value }: { value: unknown }) {
  const text = JSON.stringify(value) ?? '';
  const shown = text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text;
  return (
    <code className={classes.value} data-type={value === null ? 'null' : typeof value}>
      {shown}
    </code>
  );
}
