import type { Terminal } from './terminal.js';

/** Resolves at the first signal to stop. A second one ends the process at once, as the system does by itself. */
export function waitForStopSignal(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = terminal.onSignal(['SIGINT', 'SIGTERM'], () => {
      stopListening();
      resolve();
    });
  });
}
