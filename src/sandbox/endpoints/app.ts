import { addDays, toUtcDay } from '../../time/day.js';
import { appEndpoint } from '../endpoint/app-endpoint.js';
import type { Endpoint } from '../endpoint/definition.js';
import { readText, requireProject } from '../endpoint/parameters.js';
import { listCohorts } from './cohorts.js';

/**
 * Paths of the App API that no page describes and Mixpanel's own clients call:
 * mixpanel/mixpanel-headless, mixpanel_data specs/015-bookmarks-api and specs/038. They spend no query quota.
 */
export const appEndpoints: readonly Endpoint[] = [
  appEndpoint('GET', '/bookmarks', (request, store) => {
    const { id, reports, boards } = requireProject(request);
    const type = readText(request, 'type');
    const today = toUtcDay(store.now());
    return reports
      .filter((report) => type === undefined || report.type === type)
      .map((report) => {
        const savedAt = `${addDays(today, -report.createdDaysAgo)}T09:00:00`;
        return {
          id: report.id,
          name: report.name,
          type: report.type,
          project_id: Number(id),
          workspace_id: null,
          // A number, or null for a report on no board (mixpanel_data specs/015-bookmarks-api); which board is made up.
          dashboard_id: (report.type === 'insights' ? boards[0] : boards[1])?.id ?? null,
          created: savedAt,
          modified: savedAt,
          creator_name: 'Ada Roast',
          description: report.description,
        };
      });
  }),

  appEndpoint('GET', '/dashboards', (request, store) => {
    const { boards } = requireProject(request);
    const today = toUtcDay(store.now());
    return boards.map(({ id, title, description, createdDaysAgo }) => {
      const savedAt = `${addDays(today, -createdDaysAgo)}T09:00:00`;
      // Members and their order: mixpanel-headless, `dashboardJson` of its tests; dates and creator as in bookmarks.
      return {
        id,
        title,
        description,
        is_private: false,
        is_restricted: false,
        is_favorited: false,
        can_view: true,
        creator_name: 'Ada Roast',
        created: savedAt,
        modified: savedAt,
        ancestors: [],
      };
    });
  }),

  appEndpoint('GET', '/workspaces/public', (request) => {
    const { id, workspaceId } = requireProject(request);
    return [
      {
        id: Number(workspaceId),
        name: 'All Project Data',
        project_id: Number(id),
        is_default: true,
        is_global: true,
        is_restricted: false,
        is_visible: true,
        description: '',
        creator_name: 'Ada Roast',
      },
    ];
  }),

  // That the entries are those of the Query API is a guess.
  appEndpoint('GET', '/cohorts', listCohorts),
];
