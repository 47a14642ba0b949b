import { Button } from '@mantine/core';
import { DownloadIcon } from '../ui/icons.js';

/** Saves the numbers of a chart as CSV. */
export function SaveCsvButton({ onSave }: { onSave(): void }) {
  return (
    <Button size="compact-xs" variant="subtle" leftSection={<DownloadIcon />} onClick={onSave}>
      Save CSV
    </Button>
  );
}
