import { mix } from '../random.js';
import { DAY_MS } from '../zone.js';
import { type Customer, createCustomer, type Period } from './customers.js';
import { PROJECTS, SHARES } from './projects.js';

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
  kind: 'shop' | 'website';
  customers: readonly Customer[];
  period: Period;
  /** The day on which the payment provider is down, counted from the first. */
  incidentDay: number;
  visitsPerCustomer: number;
  /** Of UTC. */
  busiestHour: number;
}

/** Days before the last on which the incident happens: in sight in any chart of the last month. */
const INCIDENT_BEFORE_END_DAYS = 17;
/**
 * Events a day that a customer makes on average, for each visit expected of one: visits are long or short, customers
 * sign up late or cancel. Measured; it only serves to come near the size asked for.
 */
const EVENTS_PER_VISIT = { shop: 2.53, website: 1.29 };

/** @param now the end of the period: its day, in UTC, is the last. */
export function endow(projectId: string, { seed, events, users, days }: Size, now: number): Endowment {
  const share = SHARES[projectId] ?? 0;
  const period = { startsAt: Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS, days };
  const count = Math.max(1, Math.round(users * share));
  const own = mix(seed, Number(projectId));
  const customers = Array.from({ length: count }, (_, index) => createCustomer(own, index, period));
  const kind = projectId === PROJECTS[2]?.id ? 'website' : 'shop';
  return {
    kind,
    customers,
    period,
    incidentDay: Math.max(0, days - 1 - Math.min(INCIDENT_BEFORE_END_DAYS, Math.floor(days / 3))),
    visitsPerCustomer: (events * share) / days / count / EVENTS_PER_VISIT[kind],
    busiestHour: projectId === PROJECTS[1]?.id ? 21 : 14,
  };
}
