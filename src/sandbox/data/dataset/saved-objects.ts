import type { CountType } from '../../reports/tally.js';

/** What people saved in the project's pages: reports, funnels, cohorts, annotations, descriptions of events. */

/** An Insights report. */
export interface SavedReport {
  id: number;
  name: string;
  events: readonly string[];
  /** Properties the events are broken down by, one level each. */
  breakdowns: readonly string[];
  /** `bar` has no dates. */
  chart: 'line' | 'bar';
  unit: 'day' | 'week' | 'month';
  type: CountType;
  lastDays: number;
  /** Whether each breakdown also shows its total as `$overall`. */
  overall?: boolean;
}

const SHOP_REPORTS: readonly SavedReport[] = [
  {
    id: 67890,
    name: 'Signups and purchases by day',
    events: ['Signup', 'Purchase'],
    breakdowns: [],
    chart: 'line',
    unit: 'day',
    type: 'general',
    lastDays: 30,
  },
  {
    id: 67891,
    name: 'Purchases by country',
    events: ['Purchase'],
    breakdowns: ['country'],
    chart: 'line',
    unit: 'week',
    type: 'unique',
    lastDays: 84,
  },
  {
    id: 67892,
    name: 'What people do, last 7 days',
    events: ['Page View', 'Product Viewed', 'Added To Cart', 'Purchase'],
    breakdowns: [],
    chart: 'bar',
    unit: 'day',
    type: 'general',
    lastDays: 7,
  },
  {
    id: 67893,
    name: 'Purchases by plan and system, with totals',
    events: ['Purchase'],
    breakdowns: ['plan', '$os'],
    chart: 'line',
    unit: 'week',
    type: 'general',
    lastDays: 28,
    overall: true,
  },
  {
    id: 67894,
    name: 'Purchases per buyer by plan',
    events: ['Purchase'],
    breakdowns: ['plan'],
    chart: 'bar',
    unit: 'day',
    type: 'average',
    lastDays: 30,
  },
];

/** A funnel; the window is what its owner saved. */
export interface SavedFunnel {
  id: number;
  name: string;
  steps: readonly string[];
  length: number;
  lengthUnit: 'day' | 'hour' | 'minute' | 'second';
}

const SHOP_FUNNELS: readonly SavedFunnel[] = [
  {
    id: 7509,
    name: 'Signup funnel',
    steps: ['Signup', 'Onboarding Completed', 'Trial Started', 'Subscription Started'],
    length: 30,
    lengthUnit: 'day',
  },
  {
    id: 9070,
    name: 'Checkout',
    steps: ['Product Viewed', 'Added To Cart', 'Checkout Started', 'Purchase'],
    length: 1,
    lengthUnit: 'day',
  },
];

/** A cohort: users by their profile, or by having done something lately. */
export interface SavedCohort {
  id: number;
  name: string;
  description: string;
  visible: boolean;
  /** Days before the end of the data on which it was made. */
  createdDaysAgo: number;
  criteria: { where: string } | { event: string; lastDays: number; minCount: number };
}

const SHOP_COHORTS: readonly SavedCohort[] = [
  {
    id: 1000,
    name: 'Premium subscribers',
    description: 'Profiles whose plan is Premium.',
    visible: true,
    createdDaysAgo: 200,
    criteria: { where: 'properties["plan"] == "Premium"' },
  },
  {
    id: 2000,
    name: 'US customers',
    description: 'Profiles in the United States.',
    visible: true,
    createdDaysAgo: 120,
    criteria: { where: 'properties["country"] == "US"' },
  },
  {
    id: 3000,
    name: 'Bought in the last 30 days',
    description: 'Did Purchase at least once, with or without a profile.',
    visible: true,
    createdDaysAgo: 45,
    criteria: { event: 'Purchase', lastDays: 30, minCount: 1 },
  },
  {
    id: 4000,
    name: 'Old newsletter test',
    description: 'Not shown any more.',
    visible: false,
    createdDaysAgo: 300,
    criteria: { where: 'properties["newsletter"] == true' },
  },
];

/** What belongs to one project; ids differ from project to project, as Mixpanel's do. */
export interface SavedObjects {
  reports: readonly SavedReport[];
  funnels: readonly SavedFunnel[];
  cohorts: readonly SavedCohort[];
}

/** @param idOffset added to every id. */
export function createShopObjects(idOffset: number): SavedObjects {
  const withOffset = <T extends { id: number }>(each: T): T => ({ ...each, id: each.id + idOffset });
  return {
    reports: SHOP_REPORTS.map(withOffset),
    funnels: SHOP_FUNNELS.map(withOffset),
    cohorts: SHOP_COHORTS.map(withOffset),
  };
}

export const WEBSITE_OBJECTS: SavedObjects = {
  reports: [
    {
      id: 87890,
      name: 'Visits by country',
      events: ['Page View'],
      breakdowns: ['country'],
      chart: 'line',
      unit: 'day',
      type: 'unique',
      lastDays: 30,
    },
  ],
  funnels: [
    {
      id: 27509,
      name: 'From visit to contact',
      steps: ['Page View', 'Contact Form Sent'],
      length: 7,
      lengthUnit: 'day',
    },
  ],
  cohorts: [
    {
      id: 21000,
      name: 'Wrote to us',
      description: 'Sent the contact form in the last 30 days.',
      visible: true,
      createdDaysAgo: 60,
      criteria: { event: 'Contact Form Sent', lastDays: 30, minCount: 1 },
    },
  ],
};

export interface SavedAnnotation {
  id: number;
  daysAgo: number;
  description: string;
  tag?: { id: number; name: string };
}

export const ANNOTATION_AUTHOR = { id: 42, first_name: 'Ada', last_name: 'Roast' };

/** Days before the last on which the payment provider was down: in sight in any chart of the last month. */
export const INCIDENT_DAYS_AGO = 17;

export const ANNOTATIONS: readonly SavedAnnotation[] = [
  {
    id: 501,
    daysAgo: INCIDENT_DAYS_AGO,
    description: 'Payment provider down all day',
    tag: { id: 1, name: 'incident' },
  },
  { id: 502, daysAgo: 40, description: 'New checkout' },
  { id: 503, daysAgo: 70, description: 'Podcast ad started', tag: { id: 2, name: 'marketing' } },
];

export const SCHEMAS = [
  schema('event', 'Purchase', 'An order that was paid.', {
    amount: { type: 'number', description: 'Total of the order, without shipping.' },
    currency: { type: 'string' },
    items: { type: 'array' },
    gift: { type: 'boolean' },
    order_id: { type: 'integer' },
    delivery_date: { type: 'string', description: 'The day it is to arrive.' },
  }),
  schema('event', 'Signup', 'An account was made.', {
    method: { type: 'string' },
    referrer: { type: 'string' },
  }),
  schema('profile', '$user', 'A customer.', { plan: { type: 'string' }, newsletter: { type: 'boolean' } }),
];

function schema(
  entityType: 'event' | 'profile',
  name: string,
  description: string,
  properties: Record<string, Record<string, string>>,
) {
  return {
    entityType,
    name,
    schemaJson: {
      $schema: 'http://json-schema.org/draft-07/schema',
      description,
      additionalProperties: true,
      properties,
    },
  };
}
