import type { Datasource } from '../../command/datasource.js';
import type { Command } from '../../command/definition.js';
import { addDays, toUtcDay } from '../../time/day.js';

const RANGE_DAYS = 30;

/** What the sandbox's shop sells by, one step after another; its incident is plain to see between the last two. */
const SANDBOX_EVENTS = ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'];

/**
 * The query on the screen when the page opens: counts of events over the last thirty days, by whichever command
 * counts. On the sandbox it can run at once; what a real project calls its events is not known. The days are those
 * of UTC, in which the sandbox's project keeps its calendar and which no project is more than a day away from.
 */
export function initialQuery(
  commands: readonly Command[],
  sandbox?: Datasource,
): { command: string; parameters: Record<string, string> } {
  const today = toUtcDay(Date.now());
  const overTime = commands.find(({ fields }) =>
    ['events', 'unit', 'fromDate', 'toDate'].every((key) => key in fields),
  );
  return {
    command: (overTime ?? commands[0])?.id ?? '',
    parameters: {
      ...(sandbox ? { projectId: sandbox.projectId ?? '', events: JSON.stringify(SANDBOX_EVENTS) } : {}),
      type: 'general',
      unit: 'day',
      fromDate: addDays(today, 1 - RANGE_DAYS),
      toDate: today,
    },
  };
}
