import { Button, FileButton, Text } from '@mantine/core';
import { type DragEvent, useEffect, useState } from 'react';
import { UploadIcon } from '../ui/icons.js';
import classes from './FileDrop.module.css';

interface FileDropProps {
  onChoose(file: File): void;
  disabled: boolean;
}

const ACCEPTED = '.csv,.tsv,.txt,.json,.ndjson,.jsonl,.gz';

/** Takes a file of events, dropped or chosen. */
export function FileDrop({ onChoose, disabled }: FileDropProps) {
  const [isOver, setIsOver] = useState(false);
  useIgnoredDrops();

  function drop(event: DragEvent) {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file && !disabled) onChoose(file);
  }

  return (
    <section
      aria-label="Drop a file"
      className={classes.zone}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <Text size="sm" fw={500}>
        Or send a file: drop CSV, NDJSON or a JSON array here
      </Text>
      <Text size="xs" c="dimmed">
        Also zipped (.gz). You see what would be sent before anything is.
      </Text>
      <FileButton
        accept={ACCEPTED}
        disabled={disabled}
        onChange={(file) => file && onChoose(file)}
        inputProps={{ 'aria-label': 'File of events', tabIndex: -1 }}
      >
        {(props) => (
          <Button {...props} size="xs" variant="default" mt={8} leftSection={<UploadIcon />}>
            Choose a file
          </Button>
        )}
      </FileButton>
    </section>
  );
}

/** A file that is dropped beside the zone would replace the page. */
function useIgnoredDrops() {
  useEffect(() => {
    const ignore = (event: globalThis.DragEvent) => event.preventDefault();
    window.addEventListener('dragover', ignore);
    window.addEventListener('drop', ignore);
    return () => {
      window.removeEventListener('dragover', ignore);
      window.removeEventListener('drop', ignore);
    };
  }, []);
}
