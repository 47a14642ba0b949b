import { format, subDays } from 'date-fns';
import type { Datasource } from '../../datasource.js';

const DAYS_SHOWN = 30;

/** What the sandbox's shop sells by, one step after another; its incident is plain to see between the last two. */
const SHOP_EVENTS = ['Added To Cart', 'Checkout Started', 'Purchase', 'Signup'];

/**
 * The query on the screen when the page opens: the last thirty days. On the sandbox it can run at once; what a real
 * project calls its events is not known.
 */
export function openingQuery(sandbox?: Datasource): { command: string; parameters: Record<string, string> } {
  const today = new Date();
  return {
    command: 'GET_AGGREGATE_EVENT_COUNTS',
    parameters: {
      ...(sandbox ? { projectId: sandbox.projectId ?? '', events: JSON.stringify(SHOP_EVENTS) } : {}),
      type: 'general',
      unit: 'day',
      fromDate: format(subDays(today, DAYS_SHOWN - 1), 'yyyy-MM-dd'),
      toDate: format(today, 'yyyy-MM-dd'),
    },
  };
}
