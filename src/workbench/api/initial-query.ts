import type { Datasource } from '../../command/datasource.js';
import type { Command } from '../../command/definition.js';
import { addDays, toUtcDay } from '../../time/day.js';

const RANGE_DAYS = 30;

/** Steps of the sandbox's purchase funnel. Its payment incident shows between the last two steps. */
const SANDBOX_EVENTS = ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'];

/**
 * Returns the query shown when the page opens: event counts over the last 30 days. It names events only for the
 * sandbox, because the event names of a real project are unknown. Days are UTC days: the sandbox's project uses UTC,
 * and no project's calendar is more than a day away from it.
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
