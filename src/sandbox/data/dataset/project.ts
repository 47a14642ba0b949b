import type { WeekStart } from '../../../time/period.js';
import type { SavedBoard, SavedCohort, SavedFunnel, SavedReport } from './saved-objects.js';

/** A project of the sandbox, as `/api/app/me` shows it and as its data are kept. */
export interface SandboxProject {
  /** Digits. */
  id: string;
  name: string;
  /** Not a secret: events and profile updates carry it. */
  token: string;
  organizationId: string;
  organizationName: string;
  /** The data view that shows everything ("All Project Data"). */
  workspaceId: string;
  /** IANA name. */
  timezone: string;
  /** The day its weeks begin on: 0 is Sunday, 1 is Monday. */
  weekStartsOn: WeekStart;
  /**
   * Projects made before 2023 store and export times in the project's time zone, as if it were UTC.
   * https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects
   */
  createdBefore2023: boolean;
  /** How far back its plan lets queries look; absent where there is no limit. */
  historyDays?: number;
  /** Groups of its users; requests for their profiles name the id. */
  dataGroups: readonly { key: string; id: string }[];
  /** What people saved in it. */
  reports: readonly SavedReport[];
  funnels: readonly SavedFunnel[];
  cohorts: readonly SavedCohort[];
  boards: readonly SavedBoard[];
}
