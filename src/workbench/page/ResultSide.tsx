import { lazy, Suspense, useEffect, useState } from 'react';
import type { useExport } from './export/use-export.js';
import classes from './ResultSide.module.css';
import { ResultPanel, type ResultPanelProps } from './results/ResultPanel.js';

const ExportPanel = lazy(() =>
  import('./export/ExportPanel.js').then(({ ExportPanel }) => ({ default: ExportPanel })),
);

interface ResultSideProps extends ResultPanelProps {
  exporting: ReturnType<typeof useExport>;
}

/** The right half of the page: the result, and an export, which goes on while queries run. */
export function ResultSide({ exporting, ...result }: ResultSideProps) {
  const { export: current, stop, resume, saveSoFar, close } = exporting;
  const [open, setOpen] = useState(false);
  const isExporting = current !== undefined;
  const { runningSince } = result;

  // A new export shows its rows; a query that runs meanwhile shows its result above a strip.
  useEffect(() => setOpen(isExporting), [isExporting]);
  useEffect(() => {
    if (runningSince !== undefined) setOpen(false);
  }, [runningSince]);

  const exportOpen = open && isExporting;
  return (
    <section className={classes.side} aria-label="Result">
      <div className={classes.result} data-hidden={exportOpen || undefined}>
        <ResultPanel {...result} />
      </div>
      {current && (
        <Suspense>
          <ExportPanel
            export={current}
            open={exportOpen}
            onToggle={() => setOpen(!open)}
            onStop={stop}
            onResume={resume}
            onSaveSoFar={saveSoFar}
            onClose={close}
          />
        </Suspense>
      )}
    </section>
  );
}
