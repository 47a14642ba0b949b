import { Alert, Button, Group, List, Progress, Text, Title } from '@mantine/core';
import type { FileOptions, FileProblem, FileSummary } from '../../wire.js';
import { DownloadIcon } from '../ui/icons.js';
import { FilePreview } from './FilePreview.js';
import { FileSettings } from './FileSettings.js';
import classes from './UploadPanel.module.css';
import type { UploadState } from './use-upload.js';

interface UploadPanelProps {
  upload: UploadState;
  onOptions(options: FileOptions): void;
  onSend(): void;
  onCancel(): void;
  onReopen(): void;
  onSaveRejected(): void;
  onClose(): void;
}

const PERCENT = 100;

/** Shows what a file holds, how it is read, and what becomes of it. */
export function UploadPanel(props: UploadPanelProps) {
  const { upload, onOptions, onSend, onCancel, onReopen, onSaveRejected, onClose } = props;
  const { phase, name, check, problem, summary, file, outcome } = upload;
  const isOpen = phase === 'checking' || phase === 'ready';
  const accepted = check?.accepted ?? 0;
  return (
    <section className={classes.panel} aria-label="Events from a file" data-upload={outcome ?? phase}>
      <div className={classes.head}>
        <div className={classes.name}>
          <Title order={2} size="h5">
            {name}
          </Title>
          <Text size="sm" c="dimmed" className="numbers" role="status">
            {describe(upload)}
          </Text>
        </div>
        <Group gap="xs">
          {isOpen && (
            <Button size="xs" onClick={onSend} disabled={phase !== 'ready' || accepted === 0}>
              {check ? `Send ${countOf(accepted, 'event')}` : 'Send'}
            </Button>
          )}
          {summary && summary.rejectedRecords > 0 && (
            <Button size="xs" variant="default" leftSection={<DownloadIcon />} onClick={onSaveRejected}>
              Download {countOf(summary.rejectedRecords, 'rejected record')}
            </Button>
          )}
          {phase === 'ended' && file && (
            <Button size="xs" variant="default" onClick={onReopen}>
              Back to the file
            </Button>
          )}
          {phase === 'sending' ? (
            <Button size="xs" color="red" variant="light" onClick={onCancel}>
              Cancel
            </Button>
          ) : (
            <Button size="xs" variant="default" onClick={onClose}>
              Close
            </Button>
          )}
        </Group>
      </div>
      {(phase === 'receiving' || phase === 'checking' || phase === 'sending') && (
        <Progress
          value={progressOf(upload)}
          animated
          striped
          size={4}
          radius={0}
          aria-label={phase === 'receiving' ? 'Reading the file' : 'Progress'}
        />
      )}
      <div className={classes.body}>
        {problem && !problem.issues && (
          <Alert color="red" role="alert" title={problem.title} className={classes.message}>
            {problem.message}
          </Alert>
        )}
        {summary ? (
          <Outcome summary={summary} isWhole={outcome === 'sent'} />
        ) : (
          <>
            {isOpen && file?.sentAt && (
              <Text size="sm">
                This file was sent from this browser on {formatMoment(file.sentAt)}. Sending it again counts
                no event twice.
              </Text>
            )}
            {isOpen && (
              <FileSettings
                options={upload.options}
                check={check}
                issues={problem?.issues ?? {}}
                onChange={onOptions}
              />
            )}
            {check && (
              <>
                {check.notes.length > 0 && (
                  <List size="sm" spacing={2} aria-label="What was assumed">
                    {check.notes.map((note) => (
                      <List.Item key={note}>{note}</List.Item>
                    ))}
                  </List>
                )}
                <Problems
                  problems={check.problems}
                  title={`${countOf(check.rejected, 'record')} would not be sent`}
                />
                <FilePreview check={check} />
              </>
            )}
          </>
        )}
      </div>
    </section>
  );
}

function Outcome({ summary, isWhole }: { summary: FileSummary; isWhole: boolean }) {
  const { accepted, rejected, rejectedRecords, problems } = summary;
  return (
    <>
      <Text size="sm">
        Mixpanel accepted {countOf(accepted, 'event')}.{' '}
        {isWhole
          ? 'Sending the file again counts no event twice: each has an $insert_id made of its content.'
          : 'A batch that was under way may have been accepted too. Send the file again for the rest: no event is counted twice.'}
      </Text>
      {rejectedRecords > 0 && (
        <Text size="sm">
          Download the rejected records, correct them, and drop the file here. The ones that were accepted do
          not have to be sent again.
        </Text>
      )}
      <Problems problems={problems} title={`${countOf(rejected, 'record')} rejected`} />
    </>
  );
}

function Problems({ problems, title }: { problems: readonly FileProblem[]; title: string }) {
  if (problems.length === 0) return null;
  return (
    <Alert color="orange" title={title} className={classes.message}>
      <List size="sm" spacing={4}>
        {problems.map(({ message, received, count, places }) => (
          <List.Item key={message}>
            <b>{describePlaces(places, count)}</b>: {message}
            {received !== undefined && (
              <>
                {' '}
                Received <code className={classes.received}>{received}</code>.
              </>
            )}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function describe({ phase, receivedBytes, bytes, check, progress, summary, outcome }: UploadState): string {
  switch (phase) {
    case 'receiving':
      return `Reading the file: ${toMegabytes(receivedBytes)} of ${toMegabytes(bytes)} MB`;
    case 'checking':
      return progress ? `Checking: ${countOf(progress.records, 'record')} so far` : 'Checking the file';
    case 'ready':
      return check
        ? `${countOf(check.accepted, 'event')} can be sent, ${countOf(check.rejected, 'record')} cannot. Nothing has been sent yet. Sending a file again counts no event twice.`
        : 'Nothing has been sent.';
    case 'sending':
      return progress
        ? `Sending: ${countOf(progress.accepted, 'event')} accepted, ${progress.rejected.toLocaleString('en-US')} rejected`
        : 'Sending';
    case 'ended':
      if (!summary) return 'Nothing was sent.';
      return `${outcome === 'sent' ? 'Sent' : 'Stopped'}: ${countOf(summary.accepted, 'event')} accepted, ${summary.rejected.toLocaleString('en-US')} rejected`;
  }
}

function progressOf({ phase, receivedBytes, bytes, check, progress }: UploadState): number {
  if (phase === 'receiving') return bytes === 0 ? 0 : (receivedBytes / bytes) * PERCENT;
  const records = (check?.accepted ?? 0) + (check?.rejected ?? 0);
  if (phase === 'sending' && records > 0) return ((progress?.records ?? 0) / records) * PERCENT;
  return PERCENT;
}

/** Returns `Lines 2, 5, 9 and 1,204 more`. */
function describePlaces(places: readonly number[], count: number): string {
  const rest = count - places.length;
  const list = places.map((place) => place.toLocaleString('en-US')).join(', ');
  return `${count > 1 ? 'Lines' : 'Line'} ${list}${rest > 0 ? ` and ${rest.toLocaleString('en-US')} more` : ''}`;
}

function countOf(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? noun : `${noun}s`}`;
}

function toMegabytes(bytes: number): string {
  return (bytes / (1024 * 1024)).toFixed(1);
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function formatMoment(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : moment.format(time);
}
