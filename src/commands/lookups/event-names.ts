import { defineCommand } from '../../command/definition.js';
import type { LookupSource } from '../../command/lookup-source.js';
import { PluginError } from '../../errors.js';
import { QUERY_COST } from '../fields/costs.js';
import { cacheSeconds, fromDate, projectId, response, toDate, workspaceId } from '../fields/shared-fields.js';
import { getTopEvents } from '../get-top-events.js';
import { arrayOf } from '../rows/response-schemas.js';

/** Mixpanel cuts the list there whatever is asked. */
const MAX_NAMES = 5000;
/** Earlier days are a "bad year". Mixpanel's own clients ask from here (mixpanel-headless `api_client`). */
const FIRST_DAY = '2000-01-01';

/**
 * The event names of all times. The days are undocumented parameters that Mixpanel's own clients send; without them it
 * lists the names of the last 31 days, which lack rare and old ones.
 */
const listEventNames = defineCommand({
  id: 'LIST_EVENT_NAMES',
  label: 'Look-up of events',
  description: 'The event names of all times, the most common first.',
  documentation: getTopEvents.documentation,
  columns: [],
  cost: QUERY_COST,
  effect: 'read',
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    fromDate: fromDate(),
    toDate: toDate(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/names',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      type: 'general',
      limit: MAX_NAMES,
      from_date: input.fromDate,
      to_date: input.toDate,
    },
  }),
  answer: arrayOf<string>(),
  rows: (names) => names,
});

export const eventNames: LookupSource = {
  async load(values, ask) {
    const names = await ask(listEventNames, { ...values, fromDate: FIRST_DAY, toDate: 'today' }).catch(
      (thrown) => {
        if (!isAboutDates(thrown)) throw thrown;
        const days = historyDays(thrown);
        return days === undefined
          ? ask(getTopEvents, { ...values, limit: MAX_NAMES })
          : ask(listEventNames, { ...values, fromDate: `-${days - 1}d`, toDate: 'today' });
      },
    );
    return names.map((name) => ({ label: name, value: name }));
  },
};

function isAboutDates(thrown: unknown): thrown is PluginError {
  return PluginError.is(thrown) && (thrown.code === 'HISTORY_LIMIT' || thrown.code === 'BAD_REQUEST');
}

/** Returns the days that a project keeps. Mixpanel: "Date range exceeds 90 days into the past". */
function historyDays({ message }: PluginError): number | undefined {
  const [, days] = /exceeds (\d+) days/.exec(message) ?? [];
  return days === undefined ? undefined : Number(days);
}
