import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { CopyText } from '../ui/CopyText.js';
import classes from './RawView.module.css';

const MAX_CHARACTERS = 200_000;

/** Shows the body as the plugin returned it: text as is, anything else as JSON. */
export function RawView({ body }: { body: unknown }) {
  const text = useMemo(() => (typeof body === 'string' ? body : JSON.stringify(body, null, 2)), [body]);
  const visibleText = text.slice(0, MAX_CHARACTERS);
  return (
    <div className={classes.view}>
      <div className={classes.tools}>
        <Text size="xs" c="dimmed">
          {visibleText.length < text.length
            ? `The first ${visibleText.length.toLocaleString('en-US')} of ${text.length.toLocaleString('en-US')} characters. Copy takes the full text.`
            : `${text.length.toLocaleString('en-US')} characters`}
        </Text>
        <CopyText text={text} what="the result" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <pre className={classes.text} tabIndex={0}>
        {visibleText}
      </pre>
    </div>
  );
}
