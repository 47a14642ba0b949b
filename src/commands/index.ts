import type { Command } from '../command/definition.js';
import { customAction } from './custom-action.js';
import { downloadData } from './download-data.js';
import { getAggregateEventCounts } from './get-aggregate-event-counts.js';
import { getAggregatedEventPropertyValues } from './get-aggregated-event-property-values.js';
import { getProfileEventActivity } from './get-profile-event-activity.js';
import { getProjects } from './get-projects.js';
import { getTodaysTopEvents } from './get-todays-top-events.js';
import { getTopEventProperties } from './get-top-event-properties.js';
import { getTopEventPropertyValues } from './get-top-event-property-values.js';
import { getTopEvents } from './get-top-events.js';
import { importEvents } from './import-events.js';
import { listSavedCohorts } from './list-saved-cohorts.js';
import { queryInsightsReport } from './query-insights-report.js';
import { queryProfiles } from './query-profiles.js';
import { trackEvents } from './track-events.js';

/** All commands, in the order of forms and lists. */
export const commands = [
  getProjects,
  getAggregateEventCounts,
  getAggregatedEventPropertyValues,
  getTodaysTopEvents,
  getTopEvents,
  getTopEventProperties,
  getTopEventPropertyValues,
  downloadData,
  queryInsightsReport,
  queryProfiles,
  getProfileEventActivity,
  trackEvents,
  listSavedCohorts,
  customAction,
] as unknown as readonly Command[];

/** Commands for `plugin.send` only; they have no form. */
export const uploads = [importEvents] as unknown as readonly Command[];
