import type { LookupSource } from '../../command/lookup-source.js';
import { listSavedCohorts } from '../list-saved-cohorts.js';

export const cohorts: LookupSource = {
  load: async (values, ask) =>
    (await ask(listSavedCohorts, values)).map(({ id, name }) => ({
      label: `${name} (${id})`,
      value: String(id),
    })),
};
