import { DAY_MS } from '../../time/zone.js';
import { type Customer, createCustomer, type Period } from './customers.js';
import { PLOTS, type Plot } from './projects.js';
import { mix } from './random.js';
import { INCIDENT_DAYS_AGO } from './saved-objects.js';

/** How large the data set is to be, all projects together. */
export interface Size {
  seed: number;
  /** Approximate. */
  events: number;
  users: number;
  days: number;
}

/** Everything from which the events of one project are made. */
export interface Endowment {
  kind: Plot['kind'];
  customers: readonly Customer[];
  period: Period;
  /** The day on which the payment provider is down, counted from the first; negative where it was before. */
  incidentDay: number;
  visitsPerCustomer: number;
  /** Of UTC. */
  busiestHour: number;
}

/**
 * Events a day that a customer makes on average, for each visit expected of one: visits are long or short, customers
 * sign up late or cancel. Measured; it only serves to come near the size asked for.
 */
const EVENTS_PER_VISIT = { shop: 2.53, website: 1.29 };

/** @param now the end of the period: its day, in UTC, is the last. */
export function endow(projectId: string, { seed, events, users, days }: Size, now: number): Endowment {
  const plot = PLOTS[projectId];
  if (!plot) throw new RangeError(`There is no story for project ${projectId}.`);
  const { kind, share, busiestHour } = plot;
  const period = { startsAt: Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS, days };
  const count = Math.max(1, Math.round(users * share));
  const own = mix(seed, Number(projectId));
  return {
    kind,
    customers: Array.from({ length: count }, (_, index) => createCustomer(own, index, period)),
    period,
    incidentDay: days - 1 - INCIDENT_DAYS_AGO,
    visitsPerCustomer: (events * share) / days / count / EVENTS_PER_VISIT[kind],
    busiestHour,
  };
}
