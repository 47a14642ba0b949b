import { format, subDays } from 'date-fns';
import type { Command } from '../../command.js';
import type { Datasource } from '../../datasource.js';

const DAYS_SHOWN = 30;

/** What the sandbox's shop sells by, one step after another; its incident is plain to see between the last two. */
const SHOP_EVENTS = ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'];

/**
 * The query on the screen when the page opens: counts of events over the last thirty days, by whichever command counts. On the sandbox it can run at once; what a real
 * project calls its events is not known.
 */
export function openingQuery(
  commands: readonly Command[],
  sandbox?: Datasource,
): { command: string; parameters: Record<string, string> } {
  const today = new Date();
  const overTime = commands.find(({ fields }) =>
    ['events', 'unit', 'fromDate', 'toDate'].every((key) => key in fields),
  );
  return {
    command: (overTime ?? commands[0])?.id ?? '',
    parameters: {
      ...(sandbox ? { projectId: sandbox.projectId ?? '', events: JSON.stringify(SHOP_EVENTS) } : {}),
      type: 'general',
      unit: 'day',
      fromDate: format(subDays(today, DAYS_SHOWN - 1), 'yyyy-MM-dd'),
      toDate: format(today, 'yyyy-MM-dd'),
    },
  };
}
