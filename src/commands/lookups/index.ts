import type { LookupSources } from '../../command/lookup-source.js';
import { cohorts } from './cohorts.js';
import { eventNames } from './event-names.js';
import { eventProperties, eventPropertyValues } from './event-properties.js';
import { profileProperties, profilePropertyValues } from './profile-properties.js';
import { projects, workspaces } from './projects.js';
import { savedReports } from './saved-reports.js';

/** Where the entries of every lookup come from: from one of the fourteen commands, or from an endpoint of its own. */
export const lookups: LookupSources = {
  projects,
  workspaces,
  events: eventNames,
  properties: eventProperties,
  propertyValues: eventPropertyValues,
  cohorts,
  reports: savedReports,
  profileProperties,
  profilePropertyValues,
};
