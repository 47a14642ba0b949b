/**
 * Wraps a host's listener so that one that throws is reported as a warning of the process and does not stop what
 * it listens to.
 */
export function safeListener<Event>(listener: ((event: Event) => void) | undefined): (event: Event) => void {
  return (event) => {
    try {
      listener?.(event);
    } catch (thrown) {
      process.emitWarning(thrown instanceof Error ? thrown : String(thrown));
    }
  };
}
