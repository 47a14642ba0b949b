import * as z from 'zod';
import { defineCommand } from '../../command/definition.js';
import type { LookupSource } from '../../command/lookup-source.js';
import { entriesOf } from '../../json/key-order.js';
import { PROFILES_COST, QUERY_COST } from '../fields/costs.js';
import { cacheSeconds, projectId, propertyName, response, workspaceId } from '../fields/shared-fields.js';
import { queryProfiles } from '../query-profiles.js';
import { objectOf } from '../rows/response-schemas.js';

/**
 * The properties of all profiles. Undocumented, asked for by Mixpanel's own products (mixpanel-platform
 * `TopPeoplePropertiesQuery`) and by Airbyte (source-mixpanel `EngageSchema`).
 */
const listProfileProperties = defineCommand({
  id: 'LIST_PROFILE_PROPERTIES',
  label: 'Look-up of profile properties',
  description: 'The names of the properties of profiles.',
  documentation: queryProfiles.documentation,
  columns: [],
  cost: QUERY_COST,
  effect: 'read',
  fields: { projectId: projectId(), response: response(), cacheSeconds: cacheSeconds() },
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/2.0/engage/properties',
    projectId: input.projectId,
    query: { project_id: input.projectId, limit: MAX_PROPERTIES },
  }),
  answer: z.object({ results: objectOf<{ count?: number } | null>() }),
  rows: ({ results }) => results,
});

const MAX_PROPERTIES = 1500;

export const profileProperties: LookupSource = {
  async load(values, ask) {
    const { results } = await ask(listProfileProperties, values);
    return entriesOf(results)
      .sort(([, one], [, other]) => (other?.count ?? 0) - (one?.count ?? 0))
      .map(([name]) => ({ label: name, value: name }));
  },
};

/** The values of one property on a first page of profiles. */
const listProfileValues = defineCommand({
  id: 'LIST_PROFILE_VALUES',
  label: 'Look-up of profile values',
  description: 'The profiles that have a property, with nothing but that.',
  documentation: queryProfiles.documentation,
  columns: [],
  cost: PROFILES_COST,
  effect: 'read',
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    propertyName: propertyName(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  request: (input) => ({
    family: 'query',
    method: 'POST',
    path: '/api/query/engage',
    projectId: input.projectId,
    query: { project_id: input.projectId, workspace_id: input.workspaceId },
    form: {
      where: `defined(properties[${JSON.stringify(input.propertyName)}])`,
      output_properties: JSON.stringify([input.propertyName]),
    },
  }),
  answer: queryProfiles.answer,
  rows: ({ results }) => results,
});

export const profilePropertyValues: LookupSource = {
  async load(values, ask) {
    const { results } = await ask(listProfileValues, values);
    const counts = new Map<string, number>();
    for (const { $properties } of results) {
      const value = $properties?.[String(values.propertyName)];
      for (const each of Array.isArray(value) ? value : [value]) {
        if (each === undefined || each === null || typeof each === 'object') continue;
        counts.set(String(each), (counts.get(String(each)) ?? 0) + 1);
      }
    }
    return [...counts].sort(([, one], [, other]) => other - one).map(([value]) => ({ label: value, value }));
  },
};
