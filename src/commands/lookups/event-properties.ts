import * as z from 'zod';
import { defineCommand } from '../../command/definition.js';
import { field } from '../../command/field.js';
import type { LookupSource, LookupValues } from '../../command/lookup-source.js';
import { PluginError } from '../../errors.js';
import { keysOf } from '../../json/key-order.js';
import { QUERY_COST } from '../fields/costs.js';
import { cacheSeconds, projectId, propertyName, response, workspaceId } from '../fields/shared-fields.js';
import { getTopEventProperties } from '../get-top-event-properties.js';
import { getTopEventPropertyValues } from '../get-top-event-property-values.js';

const MAX_PROPERTIES = 1000;
const MAX_VALUES = 1000;

export const eventProperties: LookupSource = {
  async load(values, ask) {
    const event = eventOf(values);
    if (event === undefined) {
      throw new PluginError(
        'INVALID_INPUT',
        'Choose an event first: the properties are those of one event, the first if there are several.',
      );
    }
    const properties = await ask(getTopEventProperties, { ...values, event, limit: MAX_PROPERTIES });
    return keysOf(properties).map((name) => ({ label: name, value: name }));
  },
};

/**
 * The values of a property, of one event or of all. The documentation requires the event; Mixpanel's own clients leave
 * it out (mixpanel-headless, conformance vectors of `/events/properties/values`).
 */
const listPropertyValues = defineCommand({
  id: 'LIST_PROPERTY_VALUES',
  label: 'Look-up of property values',
  description: 'The most common values of a property.',
  documentation: getTopEventPropertyValues.documentation,
  columns: [],
  cost: QUERY_COST,
  effect: 'read',
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    event: field(z.string().optional(), { label: 'Event', help: '', kind: 'text', required: false }),
    propertyName: propertyName(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/properties/values',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      event: input.event,
      name: input.propertyName,
      limit: MAX_VALUES,
    },
  }),
  answer: getTopEventPropertyValues.answer,
  rows: (values) => values,
});

export const eventPropertyValues: LookupSource = {
  async load(values, ask) {
    const found = await ask(listPropertyValues, { ...values, event: eventOf(values) });
    return found.map((value) => ({ label: String(value), value: String(value) }));
  },
};

/** Returns the event of a form, or the first of several. */
function eventOf({ event, events }: LookupValues): unknown {
  return event ?? (Array.isArray(events) ? events[0] : undefined);
}
