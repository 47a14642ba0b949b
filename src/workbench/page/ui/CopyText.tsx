import { Button, CopyButton } from '@mantine/core';
import { CheckIcon, CopyIcon } from './icons.js';

/** Button that copies a text and briefly confirms it. */
export function CopyText({ text, what }: { text: string; what: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          size="compact-xs"
          variant="default"
          onClick={copy}
          leftSection={copied ? <CheckIcon /> : <CopyIcon />}
          aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  );
}
