import { DAY_MS, HOUR_MS } from '../../../time/durations.js';
import { createRandom, hashIntegers } from './random.js';
import { BROWSERS, CITIES, FIRST_NAMES, LAST_NAMES, PHONES, REFERRERS } from './sample-values.js';

export const PLANS = ['Free', 'Basic', 'Premium'] as const;
export type Plan = (typeof PLANS)[number];

/** Somebody the shop knows, and the steps taken with it; times are epoch milliseconds, absent where never taken. */
export interface Customer {
  index: number;
  id: string;
  /** Mixed into every random choice made for this customer. */
  seed: number;
  firstName: string;
  lastName: string;
  city: string;
  region: string;
  country: string;
  os: string;
  browser: string;
  referrer: string | null;
  company: string;
  /** How often the customer comes, 1 on average. */
  visitRate: number;
  hasProfile: boolean;
  signupAt: number;
  onboardedAt?: number;
  trialAt?: number;
  subscribedAt?: number;
  upgradedAt?: number;
  cancelledAt?: number;
  firstPlan: Plan;
}

/** The period of the data set: its days, and the start of the first one in UTC. */
export interface DatasetPeriod {
  startsAt: number;
  days: number;
}

/** Part of those at one step who take the next: the funnel loses most where the trial begins. */
const ONBOARDED_SHARE = 0.78;
const TRIAL_SHARE = 0.46;
const SUBSCRIBED_SHARE = 0.58;
const UPGRADED_SHARE = 0.3;
const CANCELLED_SHARE = 0.22;
/** Signed up before the first day. */
const EXISTING_CUSTOMERS_SHARE = 0.45;
const WITHOUT_PROFILE_SHARE = 0.04;
const COMPANY_COUNT = 40;

/** The customer with that index; the same for the same seed and period. */
export function createCustomer(seed: number, index: number, { startsAt, days }: DatasetPeriod): Customer {
  const customerSeed = hashIntegers(seed, index, 0xc0ffee);
  const random = createRandom(customerSeed);
  const [city, region, country] = random.pick(CITIES);
  // Newer customers outnumber older ones: the square root makes the shop grow.
  const age = random.chance(EXISTING_CUSTOMERS_SHARE)
    ? -random.next() * 400
    : Math.sqrt(random.next()) * days;
  const signupAt = Math.round(startsAt + age * DAY_MS);
  const customer: Customer = {
    index,
    id: `user${index + 1}`,
    seed: customerSeed,
    firstName: random.pick(FIRST_NAMES),
    lastName: random.pick(LAST_NAMES),
    city,
    region,
    country,
    os: random.pick(Object.keys(BROWSERS)),
    browser: '',
    referrer: random.pick(REFERRERS),
    company: `company-${1 + random.integer(COMPANY_COUNT)}`,
    visitRate: 0.35 + 1.3 * random.next() ** 2,
    hasProfile: !random.chance(WITHOUT_PROFILE_SHARE),
    signupAt,
    firstPlan: random.chance(0.6) ? 'Basic' : 'Premium',
  };
  customer.browser = random.pick(BROWSERS[customer.os] ?? ['Chrome']);

  if (!random.chance(ONBOARDED_SHARE)) return customer;
  customer.onboardedAt = signupAt + Math.round((0.05 + random.next()) * HOUR_MS);
  if (!random.chance(TRIAL_SHARE)) return customer;
  customer.trialAt = customer.onboardedAt + Math.round(random.next() ** 3 * 5 * DAY_MS);
  if (!random.chance(SUBSCRIBED_SHARE)) return customer;
  customer.subscribedAt = customer.trialAt + Math.round((2 + random.next() * 12) * DAY_MS);
  if (customer.firstPlan === 'Basic' && random.chance(UPGRADED_SHARE)) {
    customer.upgradedAt = customer.subscribedAt + Math.round((5 + random.next() * 60) * DAY_MS);
  }
  if (random.chance(CANCELLED_SHARE)) {
    customer.cancelledAt =
      (customer.upgradedAt ?? customer.subscribedAt) + Math.round((10 + random.next() * 80) * DAY_MS);
  }
  return customer;
}

/** What the customer pays for at that moment. */
export function getPlanAt(customer: Customer, at: number): Plan {
  if (customer.subscribedAt === undefined || at < customer.subscribedAt) return 'Free';
  if (customer.cancelledAt !== undefined && at >= customer.cancelledAt) return 'Free';
  return customer.upgradedAt !== undefined && at >= customer.upgradedAt ? 'Premium' : customer.firstPlan;
}

export function getEmail({ id }: Customer): string {
  return `${id}@example.com`;
}

export function isPhone(os: string): boolean {
  return PHONES.has(os);
}
