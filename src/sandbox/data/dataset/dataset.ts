import { addDays, startOfUtcDay, toUtcDay } from '../../../time/day.js';
import { type Customer, createCustomer, type DatasetPeriod } from './customers.js';
import { SCENARIOS, type Scenario } from './projects.js';
import { hashIntegers } from './random.js';
import { INCIDENT_DAYS_AGO } from './saved-objects.js';

/** How large the data set is to be, all projects together. */
export interface DatasetSize {
  seed: number;
  /** Approximate. */
  events: number;
  users: number;
  days: number;
}

/** Everything from which the events of one project are made. */
export interface Dataset {
  kind: Scenario['kind'];
  customers: readonly Customer[];
  period: DatasetPeriod;
  /** The day on which the payment provider is down, counted from the first; negative where it was before. */
  incidentDay: number;
  visitsPerCustomer: number;
  /** Of UTC. */
  busiestHour: number;
}

/**
 * Events a day that a customer makes on average, for each visit expected of one: visits are long or short, customers
 * sign up late or cancel. Measured; it only brings the number of events near the requested one.
 */
const EVENTS_PER_VISIT = { shop: 2.53, website: 1.29 };

/** @param now the end of the period: its day, in UTC, is the last. */
export function createDataset(
  projectId: string,
  { seed, events, users, days }: DatasetSize,
  now: number,
): Dataset {
  const scenario = SCENARIOS[projectId];
  if (!scenario) throw new RangeError(`There is no story for project ${projectId}.`);
  const { kind, share, busiestHour } = scenario;
  const period = { startsAt: startOfUtcDay(addDays(toUtcDay(now), 1 - days)), days };
  const count = Math.max(1, Math.round(users * share));
  const projectSeed = hashIntegers(seed, Number(projectId));
  return {
    kind,
    customers: Array.from({ length: count }, (_, index) => createCustomer(projectSeed, index, period)),
    period,
    incidentDay: days - 1 - INCIDENT_DAYS_AGO,
    visitsPerCustomer: (events * share) / days / count / EVENTS_PER_VISIT[kind],
    busiestHour,
  };
}
