import { Anchor, CloseButton } from '@mantine/core';
import { useState } from 'react';
import classes from './SampleNote.module.css';

const STORAGE_KEY = 'mixpanel-workbench.sample-note';

/** Says that the data are made up, and leads to the own account. Stays away once it was closed. */
export function SampleNote({ onConnect }: { onConnect(): void }) {
  const [isClosed, setClosed] = useState(readClosed);
  if (isClosed) return null;
  return (
    <aside className={classes.note} aria-label="Sample data">
      <span>
        This is a sample shop.{' '}
        <Anchor component="button" type="button" size="sm" underline="always" onClick={onConnect}>
          Connect your Mixpanel →
        </Anchor>
      </span>
      <CloseButton
        size="sm"
        aria-label="Close the note about sample data"
        onClick={() => {
          setClosed(true);
          keepClosed();
        }}
      />
    </aside>
  );
}

function readClosed(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) === 'closed';
  } catch {
    return false;
  }
}

function keepClosed(): void {
  try {
    localStorage.setItem(STORAGE_KEY, 'closed');
  } catch {
    // Without storage it comes back with the next visit.
  }
}
