import { ActionIcon, Alert, Button, CopyButton, Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Manifest } from '../../../hosts/appsmith/manifest/schema.js';
import { createQueryLink } from '../browser/query-link.js';
import { Dialog } from '../ui/Dialog.js';
import { Empty } from '../ui/Empty.js';
import { CheckIcon, LinkIcon, PencilIcon, PlayIcon, StarIcon, TrashIcon } from '../ui/icons.js';
import { formatAgo, isFree, summarizeEntry, summarizeOutcome } from './entry-summary.js';
import classes from './HistoryDialog.module.css';
import type { HistoryEntry } from './run-history.js';
import type { RunHistory } from './use-history.js';

interface HistoryDialogProps {
  history: RunHistory;
  manifest: Manifest;
  commandLabel(command: string): string;
  /** Fills the form in. */
  onOpen(entry: HistoryEntry): void;
  /** Fills the form in and runs it. */
  onRun(entry: HistoryEntry): void;
  onClose(): void;
}

/** Lists the last runs of this browser, starred ones first. */
export function HistoryDialog({ history, onClose, ...props }: HistoryDialogProps) {
  const [search, setSearch] = useState('');
  const { manifest, commandLabel } = props;
  const now = Date.now();
  const words = search.toLowerCase();
  const found = history.entries
    .filter((entry) =>
      `${entry.name ?? ''} ${commandLabel(entry.command)} ${summarizeEntry(manifest, entry)}`
        .toLowerCase()
        .includes(words),
    )
    .toSorted((one, other) => Number(other.starred) - Number(one.starred));
  return (
    <Dialog opened onClose={onClose} title="History" size="lg">
      {!history.isKept && (
        <Alert color="orange" mb="sm" role="status">
          This browser does not let the page keep data. The history ends when the page is closed.
        </Alert>
      )}
      {history.entries.length === 0 ? (
        <Empty title="No runs yet">
          Every run is listed here, in this browser only, without credentials.
        </Empty>
      ) : (
        <>
          <TextInput
            aria-label="Search the history"
            placeholder="Search"
            value={search}
            mb="sm"
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <ul className={classes.list} aria-label="Runs">
            {found.map((entry) => (
              <Run key={entry.id} entry={entry} now={now} history={history} {...props} />
            ))}
          </ul>
          {found.length === 0 && (
            <Text size="sm" c="dimmed" role="status">
              No run matches “{search}”.
            </Text>
          )}
          <Text size="xs" c="dimmed" mt="md">
            The last 50 runs and those with a star, kept in this browser only, without credentials and tokens.
          </Text>
        </>
      )}
    </Dialog>
  );
}

interface RunProps extends Omit<HistoryDialogProps, 'onClose'> {
  entry: HistoryEntry;
  now: number;
}

function Run({ entry, now, history, manifest, commandLabel, onOpen, onRun }: RunProps) {
  const [isRenaming, setRenaming] = useState(false);
  const title = entry.name ?? commandLabel(entry.command);
  const free = isFree(entry, now);
  const asked = [entry.name && commandLabel(entry.command), summarizeEntry(manifest, entry)].filter(Boolean);
  const facts = [formatAgo(entry.at, now), summarizeOutcome(entry)].filter(Boolean);
  // A write is not repeated by one click, and what is incomplete cannot be.
  const canRun = entry.outcome === 'read' && entry.incomplete.length === 0;
  return (
    <li className={classes.run}>
      <ActionIcon
        variant="subtle"
        color={entry.starred ? 'yellow' : 'gray'}
        aria-pressed={entry.starred}
        aria-label={`Star ${title}`}
        onClick={() => history.change(entry.id, { starred: !entry.starred })}
      >
        <StarIcon filled={entry.starred} />
      </ActionIcon>
      <div className={classes.text}>
        {isRenaming ? (
          <TextInput
            size="xs"
            aria-label="Name of the run"
            defaultValue={entry.name ?? ''}
            placeholder={commandLabel(entry.command)}
            autoFocus
            maxLength={80}
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.currentTarget.blur();
              if (event.key === 'Escape') {
                event.stopPropagation();
                setRenaming(false);
              }
            }}
            onBlur={(event) => {
              history.change(entry.id, { name: event.currentTarget.value });
              setRenaming(false);
            }}
          />
        ) : (
          <button type="button" className={classes.title} onClick={() => onOpen(entry)}>
            {title}
          </button>
        )}
        <Text size="xs" lineClamp={2}>
          {asked.join(' · ')}
        </Text>
        <Text size="xs" c="dimmed">
          {facts.join(' · ')}
          {free && <span className={classes.free}> · cached, free</span>}
          {entry.incomplete.length > 0 && ' · secrets and long texts are not kept; fill them in again'}
        </Text>
      </div>
      <Group gap={2} wrap="nowrap" className={classes.actions}>
        {canRun && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<PlayIcon />}
            aria-label={`Run again: ${title}`}
            onClick={() => onRun(entry)}
          >
            Run again
          </Button>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Rename ${title}`}
          onClick={() => setRenaming(true)}
        >
          <PencilIcon />
        </ActionIcon>
        <CopyButton value={createQueryLink(entry)}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={copied ? `Copied the link to ${title}` : `Copy a link to ${title}`}
              onClick={copy}
            >
              {copied ? <CheckIcon /> : <LinkIcon />}
            </ActionIcon>
          )}
        </CopyButton>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Delete ${title}`}
          onClick={() => history.remove(entry.id)}
        >
          <TrashIcon />
        </ActionIcon>
      </Group>
    </li>
  );
}
