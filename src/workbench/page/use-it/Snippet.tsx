import { Text } from '@mantine/core';
import { CopyText } from '../ui/CopyText.js';
import classes from './UseIt.module.css';

/** A text with a copy button. */
export function Snippet({ label, text }: { label: string; text: string }) {
  return (
    <div className={classes.snippet}>
      <div className={classes.head}>
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        <CopyText text={text} what={label} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <pre className={classes.text} tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}
