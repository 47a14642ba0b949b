import { Button, SegmentedControl } from '@mantine/core';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { Issue } from '../../errors.js';
import type { ConnectionView, RunRequest, RunResponse, StartResponse } from '../wire.js';
import { parseQueryLink } from './browser/query-link.js';
import { useAddress } from './browser/use-address.js';
import { DatasourceForm } from './datasource/DatasourceForm.js';
import { TestDialog } from './datasource/TestDialog.js';
import type { RowFormat } from './export/row-file.js';
import { hasUnsavedRows, useExport } from './export/use-export.js';
import { elementId, ManifestForm } from './form/ManifestForm.js';
import { useLookups } from './form/use-lookups.js';
import { useProjectZone } from './form/use-project-zone.js';
import { useQueryForm } from './form/use-query-form.js';
import { isFolded } from './form-model/form-layout.js';
import { type FormValue, PROJECT_PROPERTY, sectionControls } from './form-model/form-values.js';
import { Header } from './Header.js';
import type { HistoryEntry } from './history/run-history.js';
import { useHistory } from './history/use-history.js';
import { addLookup, addRun, type QuotaUsage } from './quota/usage-log.js';
import { useQuota } from './quota/use-quota.js';
import { ResultSide } from './ResultSide.js';
import { RunBar } from './RunBar.js';
import { type RunOutcome, useRun } from './results/use-run.js';
import { SampleNote } from './SampleNote.js';
import { Dialog } from './ui/Dialog.js';
import { Empty } from './ui/Empty.js';
import { FileDrop } from './upload/FileDrop.js';
import { useUpload } from './upload/use-upload.js';
import { useConnections } from './use-connections.js';
import { useRunKeys } from './use-run-keys.js';
import { Welcome } from './Welcome.js';
import classes from './Workbench.module.css';

// Few open it, and only after they have chosen a file.
const HistoryDialog = lazy(async () => ({
  default: (await import('./history/HistoryDialog.js')).HistoryDialog,
}));
const UploadPanel = lazy(async () => ({ default: (await import('./upload/UploadPanel.js')).UploadPanel }));

type Side = 'query' | 'result';
const NO_ISSUES: readonly Issue[] = [];

/** The page below the first load: form on the left, result on the right. */
export function Workbench({ start }: { start: StartResponse }) {
  const { manifest, opening, streamable, uploadable } = start;
  const [linked] = useState(() => parseQueryLink(window.location.hash));
  const { connections, current, choose, keep, forget } = useConnections(start.connections);
  const { values, sections, mistakes, command, parameters, isTouched, onChange, show } = useQueryForm(
    start,
    linked,
  );
  const history = useHistory();
  const [side, setSide] = useState<Side>(opening.answer && !linked ? 'result' : 'query');
  const [dialog, setDialog] = useState<'add' | 'edit' | 'test' | 'history'>();
  const [usage, setUsage] = useState<readonly QuotaUsage[]>(() =>
    opening.answer ? addRun([], labelOfCommand(manifest, opening.command), opening.answer) : [],
  );

  const connectionId = current?.id ?? '';

  const [refusedProject, setRefusedProject] = useState<string>();
  const project = String(parameters.projectId || (current?.projectId ?? ''));
  const { quota, refresh } = useQuota(current?.id, project === refusedProject ? undefined : project);

  const commandLabel = useCallback((id: string) => labelOfCommand(manifest, id), [manifest]);
  const onAnswer = useCallback(
    (request: RunRequest, response: RunResponse) => {
      setUsage((previous) => addRun(previous, commandLabel(request.command), response));
      history.add(request, response);
      const refused = !response.result.ok && response.result.error.code === 'NO_PROJECT_ACCESS';
      setRefusedProject(refused ? String(request.parameters.projectId ?? '') : undefined);
      setSide('result');
      refresh();
    },
    [commandLabel, refresh, history.add],
  );
  const { outcome, runningSince, run, runRest, cancel, clear } = useRun(
    initialOutcome(start, linked !== undefined, parameters),
    onAnswer,
  );
  const showExport = useCallback(() => setSide('result'), []);
  const exporting = useExport({ onStart: showExport, onEnd: refresh });
  const { upload, ...uploading } = useUpload(current, showExport);
  const lookups = useLookups({
    connectionId,
    command,
    parameters,
    onAnswer(lookup, cost) {
      setUsage((previous) => addLookup(previous, lookup, cost));
      refresh();
    },
  });

  const hasDefaultProject = Boolean(current?.projectId);
  const zone = useProjectZone(connectionId, String(parameters.projectId ?? ''));
  const [advancedOpened, setAdvancedOpened] = useState(false);
  const advanced = { opened: advancedOpened, onToggle: () => setAdvancedOpened(!advancedOpened) };

  const issues =
    outcome.state === 'answered' && outcome.request.command === command && !outcome.response.result.ok
      ? (outcome.response.result.error.issues ?? NO_ISSUES)
      : NO_ISSUES;
  const showField = useCallback(
    (key: string) => {
      const control = sections.flatMap(sectionControls).find(({ field }) => field?.key === key);
      if (!control) return;
      setSide('query');
      // The field may be one of those that are folded.
      if (isFolded(sections, control, { hasDefaultProject })) setAdvancedOpened(true);
      // On a narrow screen, the field is rendered only in the next frame.
      requestAnimationFrame(() => document.getElementById(elementId(control))?.focus());
    },
    [sections, hasDefaultProject],
  );

  // Moves the focus to the first invalid field.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new answer moves the focus.
  useEffect(() => {
    if (issues[0]) showField(issues[0].field);
  }, [issues]);

  const { keepRun } = useAddress({ command, parameters, isTouched, onNavigate: show });

  const startRun = useCallback(() => {
    // What is being sent is not thrown away by a key.
    if (!connectionId || upload?.phase === 'sending') return;
    uploading.close();
    keepRun();
    run({ connectionId, command, parameters });
  }, [connectionId, command, parameters, run, keepRun, uploading.close, upload?.phase]);
  useRunKeys(startRun);

  const startExport = (format: RowFormat) => {
    keepRun();
    history.add({ connectionId, command, parameters });
    void exporting.start({ connectionId, command, parameters }, format);
  };
  const exportProblem =
    exporting.export && hasUnsavedRows(exporting.export)
      ? 'One export at a time: cancel, save or discard the last one first.'
      : undefined;

  /** Writes into a field of the form, by its key. */
  function changeField(key: string, value: FormValue) {
    const control = sections.flatMap(sectionControls).find(({ field }) => field?.key === key);
    if (control) onChange(control.configProperty, value);
  }

  function openEntry(entry: HistoryEntry) {
    setDialog(undefined);
    setSide('query');
    return show(entry);
  }

  function runEntry(entry: HistoryEntry) {
    run({ connectionId, command: entry.command, parameters: openEntry(entry) });
  }

  /** Resets project and result, which belong to the previous account. */
  function switchTo(connection: ConnectionView | undefined) {
    if (connection?.id === current?.id) return;
    onChange(PROJECT_PROPERTY, connection?.projectId ?? '');
    uploading.close();
    clear();
  }

  function connectTo(connection: ConnectionView) {
    keep(connection);
    switchTo(connection);
    setDialog(undefined);
  }

  /** What was asked with other credentials or of another project is not shown as an answer of these. */
  function changeConnection(connection: ConnectionView) {
    keep(connection);
    if (connection.projectId !== current?.projectId) {
      onChange(PROJECT_PROPERTY, connection.projectId ?? '');
    }
    exporting.close();
    uploading.close();
    clear();
    setDialog(undefined);
  }

  function chooseConnection(id: string) {
    choose(id);
    switchTo(connections.find((each) => each.id === id));
  }

  async function forgetConnection({ id }: ConnectionView) {
    switchTo(await forget(id));
  }

  return (
    <div className={classes.page}>
      <Header
        datasources={{
          connections,
          current,
          onChoose: chooseConnection,
          onAdd: () => setDialog('add'),
          onEdit: () => setDialog('edit'),
          onTest: () => setDialog('test'),
          onForget: forgetConnection,
        }}
        quota={{ quota, usage: usage }}
      />
      {current?.kind === 'sandbox' && <SampleNote onConnect={() => setDialog('add')} />}
      {current ? (
        <main className={classes.main} data-side={side}>
          <div className={classes.sides}>
            <SegmentedControl
              fullWidth
              className={classes.side}
              value={side}
              onChange={(value) => setSide(value as Side)}
              data={[
                { value: 'query', label: 'Query' },
                { value: 'result', label: 'Result' },
              ]}
              aria-label="Page section"
            />
            {side === 'result' && (
              <Button
                size="sm"
                onClick={runningSince === undefined ? startRun : cancel}
                variant={runningSince === undefined ? 'filled' : 'default'}
              >
                {runningSince === undefined ? 'Run' : 'Cancel'}
              </Button>
            )}
          </div>
          <section className={classes.query} aria-label="Query">
            <div className={classes.form}>
              <ManifestForm
                sections={sections}
                mistakes={mistakes}
                values={values}
                onChange={onChange}
                issues={issues}
                lookups={lookups}
                hasDefaultProject={hasDefaultProject}
                zone={zone}
                advanced={advanced}
              />
              {uploadable.includes(command) && (
                <FileDrop onChoose={uploading.choose} disabled={upload?.phase === 'sending'} />
              )}
            </div>
            <RunBar
              runningSince={runningSince}
              onRun={startRun}
              onCancel={cancel}
              onShowHistory={() => setDialog('history')}
              onExport={streamable.includes(command) ? startExport : undefined}
              exportProblem={exportProblem}
            />
          </section>
          <div className={classes.result}>
            {upload ? (
              <section className={classes.upload} aria-label="Result">
                <Suspense fallback={<Empty title="Opening the file" />}>
                  <UploadPanel
                    upload={upload}
                    onOptions={uploading.setOptions}
                    onSend={uploading.send}
                    onCancel={uploading.cancel}
                    onReopen={uploading.reopen}
                    onSaveRejected={uploading.saveRejected}
                    onClose={uploading.close}
                  />
                </Suspense>
              </section>
            ) : (
              <ResultSide
                exporting={exporting}
                outcome={outcome}
                runningSince={runningSince}
                current={{ connectionId, command, parameters }}
                nextSlotAt={quota?.nextSlotAt}
                zone={zone?.timezone}
                commandLabel={commandLabel}
                onRun={run}
                onRunRest={(rest, before) => {
                  changeField('pages', 'all');
                  runRest(rest, before);
                }}
                onShowField={showField}
                onTestDatasource={() => setDialog('test')}
              />
            )}
          </div>
        </main>
      ) : (
        <Welcome manifest={manifest} onConnected={connectTo} />
      )}
      <Dialog opened={dialog === 'add'} onClose={() => setDialog(undefined)} title="Add a datasource">
        <DatasourceForm manifest={manifest} onConnected={connectTo} onCancel={() => setDialog(undefined)} />
      </Dialog>
      {dialog === 'edit' && current && (
        <Dialog opened onClose={() => setDialog(undefined)} title={`Edit ${current.name}`}>
          <DatasourceForm
            manifest={manifest}
            connection={current}
            onConnected={changeConnection}
            onCancel={() => setDialog(undefined)}
          />
        </Dialog>
      )}
      {dialog === 'history' && (
        <Suspense>
          <HistoryDialog
            history={history}
            manifest={manifest}
            commandLabel={commandLabel}
            onOpen={openEntry}
            onRun={runEntry}
            onClose={() => setDialog(undefined)}
          />
        </Suspense>
      )}
      {dialog === 'test' && current && (
        <TestDialog connection={current} onChanged={keep} onClose={() => setDialog(undefined)} />
      )}
    </div>
  );
}

/** `parameters` are those of the form, which has the defaults too. */
function initialOutcome(
  { opening, connections }: StartResponse,
  isLinked: boolean,
  parameters: RunRequest['parameters'],
): RunOutcome {
  const [first] = connections;
  if (isLinked || !first || !opening.answer) return { state: 'none' };
  const request = { connectionId: first.id, command: opening.command, parameters };
  return { state: 'answered', request, endedAt: Date.now(), response: opening.answer };
}

function labelOfCommand({ actionUiConfig }: StartResponse['manifest'], command: string): string {
  return actionUiConfig.editor.find(({ identifier }) => identifier === command)?.name ?? command;
}
