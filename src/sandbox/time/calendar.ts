import type { WeekStart } from '../../time/period.js';
import type { Zone } from '../../time/zone.js';

/**
 * The time zone of a project and the day its weeks begin on, a setting of the project that every report follows.
 * Source: https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects (Time Period Settings)
 */
export interface Calendar extends Zone {
  readonly weekStartsOn: WeekStart;
}
