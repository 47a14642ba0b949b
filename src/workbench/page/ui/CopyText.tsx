import { Button, Popover, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { copyText } from '../browser/clipboard.js';
import classes from './CopyText.module.css';
import { CheckIcon, CopyIcon } from './icons.js';

const CONFIRMATION_MS = 1500;
const COPY_KEYS = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘C' : 'Ctrl+C';

interface CopyTextProps {
  text: string;
  what: string;
  /** Word on the button. Defaults to Copy. */
  label?: string;
}

/** Button that copies a text and briefly confirms it. If the browser refuses, it shows the text, selected. */
export function CopyText({ text, what, label = 'Copy' }: CopyTextProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const area = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    if (state === 'refused') area.current?.select();
    if (state !== 'copied') return;
    const timer = setTimeout(() => setState('idle'), CONFIRMATION_MS);
    return () => clearTimeout(timer);
  }, [state]);

  const copied = state === 'copied';
  return (
    <Popover
      opened={state === 'refused'}
      onDismiss={() => setState('idle')}
      position="bottom-end"
      withinPortal={false}
      shadow="md"
      width={300}
      trapFocus
    >
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="default"
          onClick={async () => setState((await copyText(text)) ? 'copied' : 'refused')}
          leftSection={copied ? <CheckIcon /> : <CopyIcon />}
          aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
        >
          {copied ? 'Copied' : label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="xs" mb={4} role="status">
          The browser does not let pages copy here. Press {COPY_KEYS}.
        </Text>
        <textarea
          ref={area}
          className={classes.text}
          readOnly
          rows={4}
          value={text}
          aria-label={`Text to copy: ${what}`}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
