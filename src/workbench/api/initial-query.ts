import type { Datasource } from '../../command/datasource.js';
import type { Command } from '../../command/definition.js';

/** Steps of the sandbox's purchase funnel. Its payment incident shows between the last two steps. */
const SANDBOX_EVENTS = ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'];

/**
 * Returns the query shown when the page opens: event counts over the last 30 days. It names events only for the
 * sandbox, because the event names of a real project are unknown.
 */
export function initialQuery(
  commands: readonly Command[],
  sandbox?: Datasource,
): { command: string; parameters: Record<string, string> } {
  const overTime = commands.find(({ fields }) =>
    ['events', 'unit', 'fromDate', 'toDate'].every((key) => key in fields),
  );
  return {
    command: (overTime ?? commands[0])?.id ?? '',
    parameters: {
      ...(sandbox ? { projectId: sandbox.projectId ?? '', events: JSON.stringify(SANDBOX_EVENTS) } : {}),
      type: 'general',
      unit: 'day',
      fromDate: 'last 30 days',
      toDate: 'today',
    },
  };
}
