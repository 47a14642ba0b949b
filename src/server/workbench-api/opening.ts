import { format, subDays } from 'date-fns';

const DAYS_SHOWN = 30;

/** The query on the screen when the page opens: a few events of the sandbox over the last thirty days. */
export function openingQuery(projectId = ''): { command: string; parameters: Record<string, unknown> } {
  const today = new Date();
  return {
    command: 'GET_AGGREGATE_EVENT_COUNTS',
    parameters: {
      projectId,
      events: '["Added To Cart", "Checkout Started", "Purchase", "Signup"]',
      type: 'general',
      unit: 'day',
      fromDate: format(subDays(today, DAYS_SHOWN - 1), 'yyyy-MM-dd'),
      toDate: format(today, 'yyyy-MM-dd'),
    },
  };
}
